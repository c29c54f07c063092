import { dot } from "./_matrix.ts";

/**
 * The lower triangle `L` of `L Lᵀ = symmetric + shift I`, `[size, size]`; nothing when the sum is not
 * positive definite to working precision.
 */
export function cholesky(
  symmetric: Float64Array,
  size: number,
  shift: number,
): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = symmetric[i * size + j] + (i === j ? shift : 0) -
        dot(lower, lower, j, i * size, j * size);
      if (i !== j) {
        lower[i * size + j] = rest / lower[j * size + j];
      } else {
        const enough = 1e-14 * (symmetric[i * size + i] + shift);
        if (!(rest > enough)) return undefined;
        lower[i * size + i] = Math.sqrt(rest);
      }
    }
  }
  return lower;
}

/** Replaces `size` numbers of `x` from `start` by `(L Lᵀ)⁻¹ x`. */
export function choleskySolve(lower: Float64Array, size: number, x: Float64Array, start = 0): void {
  for (let i = 0; i < size; i++) {
    x[start + i] = (x[start + i] - dot(lower, x, i, i * size, start)) / lower[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = x[start + i] / lower[i * size + i];
    x[start + i] = value;
    for (let j = 0; j < i; j++) x[start + j] -= lower[i * size + j] * value;
  }
}
