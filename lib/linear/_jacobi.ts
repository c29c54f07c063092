import { addScaled, dot } from "./_matrix.ts";

/** Up to this size Jacobi's rotations beat a tridiagonal reduction when they start near the end. */
export const JACOBI_LIMIT = 64;

/**
 * Eigenvectors of symmetric matrices that change little from one call to the next, as in the steps of a
 * proximal method: cyclic Jacobi rotations (Golub and Van Loan, section 8.5), begun in the basis of the
 * last matrix, where the next one is nearly diagonal.
 */
export class RollingEigen {
  readonly #size: number;
  /** Row `i` is the last eigenvector `i`. */
  #vectors: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#vectors = identity(size);
  }

  /** Eigenvalues, falling, and the eigenvectors as rows; both belong to the caller. */
  decompose(symmetric: Float64Array): { values: Float64Array; vectors: Float64Array } {
    const size = this.#size;
    const vectors = this.#vectors;
    const rotated = similar(symmetric, vectors, size);
    let total = 0;
    for (let i = 0; i < rotated.length; i++) total += rotated[i] * rotated[i];
    const enough = 1e-30 * total;
    for (let sweep = 0; sweep < 30; sweep++) {
      let off = 0;
      for (let p = 0; p < size; p++) {
        for (let q = p + 1; q < size; q++) off += rotated[p * size + q] ** 2;
      }
      if (2 * off <= enough) break;
      for (let p = 0; p < size; p++) {
        for (let q = p + 1; q < size; q++) rotate(rotated, vectors, size, p, q);
      }
    }
    orthonormalise(vectors, size);
    const order = Array.from({ length: size }, (_, i) => i)
      .sort((a, b) => rotated[b * size + b] - rotated[a * size + a]);
    const sorted = new Float64Array(size * size);
    order.forEach((from, to) => {
      sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size);
    });
    this.#vectors = sorted;
    return {
      values: Float64Array.from(order, (i) => rotated[i * size + i]),
      vectors: sorted.slice(),
    };
  }
}

/** Makes entry `(p, q)` zero by a rotation of rows and columns `p` and `q`. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q];
  const app = a[p * size + p], aqq = a[q * size + q];
  if (apq === 0 || Math.abs(apq) <= 1e-18 * Math.sqrt(Math.abs(app * aqq))) return;
  const theta = (aqq - app) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta));
  const c = 1 / Math.sqrt(1 + t * t), s = t * c;
  for (let k = 0; k < size; k++) {
    const akp = a[k * size + p], akq = a[k * size + q];
    a[k * size + p] = c * akp - s * akq;
    a[k * size + q] = s * akp + c * akq;
  }
  const rowP = p * size, rowQ = q * size;
  for (let k = 0; k < size; k++) {
    const apk = a[rowP + k], aqk = a[rowQ + k];
    a[rowP + k] = c * apk - s * aqk;
    a[rowQ + k] = s * apk + c * aqk;
    const vp = vectors[rowP + k], vq = vectors[rowQ + k];
    vectors[rowP + k] = c * vp - s * vq;
    vectors[rowQ + k] = s * vp + c * vq;
  }
  a[rowP + q] = a[rowQ + p] = 0;
}

/** `vectors · a · vectorsᵀ`. */
function similar(a: Float64Array, vectors: Float64Array, size: number): Float64Array {
  const half = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      addScaled(half, vectors[i * size + k], a, size, i * size, k * size);
    }
  }
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      out[i * size + j] = out[j * size + i] = dot(half, vectors, size, i * size, j * size);
    }
  }
  return out;
}

/** Takes back the drift of many rotations: one Gram and Schmidt pass over nearly orthonormal rows. */
function orthonormalise(vectors: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const overlap = dot(vectors, vectors, size, i * size, j * size);
      if (Math.abs(overlap) > 1e-16) {
        addScaled(vectors, -overlap, vectors, size, i * size, j * size);
      }
    }
    const length = Math.sqrt(dot(vectors, vectors, size, i * size, i * size));
    for (let k = 0; k < size; k++) vectors[i * size + k] /= length;
  }
}

function identity(size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) out[i * size + i] = 1;
  return out;
}
