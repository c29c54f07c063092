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
    if (weight !== 0) addScaled(sum, weight, packed(row));
  });
  return plainNumbers(sum);
}

/** Numbers side by side in memory, as loops are fastest on. */
export type Packed = Float32Array | Float64Array;

/** The numbers as they are where they are packed, else as a new array of doubles. */
export function packed(values: ArrayLike<number>): Packed {
  return values instanceof Float32Array || values instanceof Float64Array
    ? values
    : Float64Array.from(values);
}

/** A plain array of the numbers; `Array.from` takes twenty times as long for long ones. */
export function plainNumbers(values: Packed): number[] {
  const numbers = new Array<number>(values.length);
  for (let index = 0; index < values.length; index++) numbers[index] = values[index];
  return numbers;
}

function addScaled(sum: Float64Array, factor: number, row: Packed): void {
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
  const typed = rows.map(packed);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j <= i; j++) gramian[i][j] = gramian[j][i] = dotPacked(typed[i], typed[j]);
  }
  return gramian;
}

function dotPacked(a: Packed, b: Packed): number {
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
