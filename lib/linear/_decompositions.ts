import { Matrix as MlMatrix, SingularValueDecomposition } from "ml-matrix";
import { symmetricEigen as eigenOfRows } from "../math/symmetric_eigen.ts";
import { dot, norm } from "./_matrix.ts";

/** Eigenvalues (rising) and orthonormal eigenvectors of a symmetric matrix `[size, size]`. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** Row `i` is the eigenvector of `values[i]`. */
  readonly vectors: Float64Array;
}

/** Eigen-decomposition of a symmetric matrix given flat. */
export function symmetricEigen(symmetric: Float64Array, size: number): SymmetricEigen {
  const rows = Array.from(
    { length: size },
    (_, i) => symmetric.subarray(i * size, (i + 1) * size),
  );
  const { values, vectors } = eigenOfRows(rows);
  return { values: Float64Array.from(values), vectors: Float64Array.from(vectors.flat()) };
}

/** Thin singular value decomposition `values = Σ σ_i left_i right_iᵀ`, σ falling. */
export interface ThinSvd {
  readonly singular: Float64Array;
  /** Row `i` is the left vector of `singular[i]`: `[count, rows]`. */
  readonly left: Float64Array;
  /** Row `i` is the right vector of `singular[i]`: `[count, columns]`. */
  readonly right: Float64Array;
}

/** Thin singular value decomposition of a row-major matrix (ml-matrix: Golub and Kahan). */
export function thinSvd(values: Float64Array, rows: number, columns: number): ThinSvd {
  const svd = new SingularValueDecomposition(toMl(values, rows, columns), { autoTranspose: true });
  const count = Math.min(rows, columns);
  const left = new Float64Array(count * rows);
  const right = new Float64Array(count * columns);
  const u = svd.leftSingularVectors;
  const v = svd.rightSingularVectors;
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < rows; row++) left[i * rows + row] = u.get(row, i);
    for (let column = 0; column < columns; column++) right[i * columns + column] = v.get(column, i);
  }
  return { singular: Float64Array.from(svd.diagonal).slice(0, count), left, right };
}

/** Singular values of a row-major matrix, falling. */
export function singularValues(values: Float64Array, rows: number, columns: number): Float64Array {
  const svd = new SingularValueDecomposition(toMl(values, rows, columns), {
    autoTranspose: true,
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  return Float64Array.from(svd.diagonal).slice(0, Math.min(rows, columns));
}

/** What is known of the largest eigenvalue without finding it exactly. */
export interface LargestEigenvalue {
  /** By the power method, which comes from below, and one part in a thousand more. */
  readonly estimate: number;
  /** It is no larger than this. */
  readonly bound: number;
}

/** The largest eigenvalue of a symmetric positive semidefinite `[size, size]` matrix. */
export function largestEigenvalue(symmetric: Float64Array, size: number): LargestEigenvalue {
  let vector = new Float64Array(size);
  for (let i = 0; i < size; i++) vector[i] = 1 + ((i * 7919) % 13) / 13;
  let value = 0;
  for (let round = 0; round < 60; round++) {
    const length = norm(vector);
    if (length === 0) break;
    for (let i = 0; i < size; i++) vector[i] /= length;
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) next[i] = dot(symmetric, vector, size, i * size, 0);
    const estimate = norm(next);
    vector = next;
    if (Math.abs(estimate - value) <= 1e-4 * estimate) {
      value = estimate;
      break;
    }
    value = estimate;
  }
  const bound = eigenvalueBound(symmetric, size);
  return { estimate: Math.min(1.001 * value, bound), bound };
}

/** The smaller of the trace and the largest sum of sizes in a row. */
function eigenvalueBound(symmetric: Float64Array, size: number): number {
  let trace = 0, largestRow = 0;
  for (let i = 0; i < size; i++) {
    trace += symmetric[i * size + i];
    let row = 0;
    for (let j = 0; j < size; j++) row += Math.abs(symmetric[i * size + j]);
    largestRow = Math.max(largestRow, row);
  }
  return Math.min(trace, largestRow);
}

function toMl(values: Float64Array, rows: number, columns: number): MlMatrix {
  return MlMatrix.from1DArray(rows, columns, values);
}
