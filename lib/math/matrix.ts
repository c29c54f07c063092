/** A dense matrix as plain rows; nothing here changes one that it is given. */
export type Rows = readonly (ArrayLike<number>)[];

/** Sum of the products of two equally long vectors. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

/** Euclidean length of a vector, safe from overflow and underflow. */
export function norm(vector: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < vector.length; index++) {
    largest = Math.max(largest, Math.abs(vector[index]));
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += (vector[index] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The product of a matrix and a vector. */
export function matrixTimesVector(matrix: Rows, vector: ArrayLike<number>): number[] {
  return matrix.map((row) => dot(row, vector));
}

/** `weights[0] * rows[0] + weights[1] * rows[1] + ...`, as long as a row. */
export function weightedSum(rows: Rows, weights: ArrayLike<number>): number[] {
  const sum = new Float64Array(rows.length === 0 ? 0 : rows[0].length);
  rows.forEach((row, index) => {
    const weight = weights[index];
    if (weight !== 0) addScaled(sum, weight, row instanceof Float64Array ? row : doubles(row));
  });
  return Array.from(sum);
}

/** The numbers as a new array of doubles. */
export function doubles(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values);
}

function addScaled(sum: Float64Array, factor: number, row: Float64Array): void {
  for (let column = 0; column < sum.length; column++) sum[column] += factor * row[column];
}

/**
 * The Gramian of the rows: inner products of all pairs, `[K, K]`, exactly symmetric.
 *
 * ```ts
 * import { math } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 * deepStrictEqual(math.gramianOf([[-4, 1, 1], [6, 1, 1]]), [[18, -22], [-22, 38]]);
 * ```
 */
export function gramianOf(rows: Rows): number[][] {
  const gramian = rows.map(() => new Array<number>(rows.length).fill(0));
  // Of one kind, so that the engine compiles one loop for all.
  const typed = rows.map((row) => row instanceof Float64Array ? row : doubles(row));
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j <= i; j++) gramian[i][j] = gramian[j][i] = dotDoubles(typed[i], typed[j]);
  }
  return gramian;
}

function dotDoubles(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

/** The value of the quadratic form `vector' matrix vector`. */
export function quadraticForm(matrix: Rows, vector: ArrayLike<number>): number {
  return dot(matrixTimesVector(matrix, vector), vector);
}

/** The numbers on the diagonal. */
export function diagonal(matrix: Rows): number[] {
  return matrix.map((row, index) => row[index]);
}
