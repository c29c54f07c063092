import { Matrix, QrDecomposition } from "ml-matrix";
import type { Random } from "../../lib/math/random.ts";

/** Rows of standard normal numbers. */
export function normalRows(random: Random, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
}

/** `count` orthonormal rows of `length`; `first`, when given, becomes the direction of row 0. */
function orthonormalRows(random: Random, count: number, length: number, first?: number[]) {
  const columns = normalRows(random, length, count);
  if (first) columns.forEach((row, index) => row[0] = first[index]);
  return new QrDecomposition(new Matrix(columns)).orthogonalMatrix.transpose().to2DArray();
}

/** A random matrix of exactly this rank, with singular values from 0.5 to 2. */
export function rowsOfRank(random: Random, rows: number, columns: number, rank: number) {
  return product(
    random,
    orthonormalRows(random, rank, rows),
    orthonormalRows(random, rank, columns),
    rows,
    columns,
  );
}

/**
 * A random matrix of this rank some positive combination of whose rows vanishes: no update helps
 * every task without hurting one (strong stationarity). `rank` is below `rows`.
 */
export function stationaryRows(random: Random, rows: number, columns: number, rank: number) {
  const weights = Array.from({ length: rows }, () => 0.1 + random.uniform());
  const left = orthonormalRows(random, rank + 1, rows, weights).slice(1);
  return product(random, left, orthonormalRows(random, rank, columns), rows, columns);
}

/**
 * A random matrix of which a combination with some, but not all, weights above 0 vanishes (weak, but
 * not strong stationarity): one update helps the last half of the rows and leaves the others. The
 * rows come in random order; `rows` and `columns` are at least 4.
 */
export function weaklyStationaryRows(random: Random, rows: number, columns: number) {
  const half = rows >> 1;
  const first = stationaryRows(random, half, columns - 1, Math.min(half, columns - 1) - 1);
  const others = normalRows(random, rows - half, columns - 1);
  const all = [
    ...first.map((row) => [...row, 0]),
    ...others.map((row) => [...row, 0.1 + random.uniform()]),
  ];
  return Array.from(random.permutation(rows), (at) => all[at]);
}

/**
 * A random matrix with a direction that helps every task strictly: `J x = b` with `b > 0` for
 * some x (not stationary in any sense).
 */
export function improvableRows(random: Random, rows: number, columns: number, rank: number) {
  const gains = Array.from({ length: rows }, () => 0.1 + random.uniform());
  const left = orthonormalRows(random, rank, rows, gains);
  return product(random, left, orthonormalRows(random, rank, columns), rows, columns);
}

function product(
  random: Random,
  left: number[][],
  right: number[][],
  rows: number,
  columns: number,
): number[][] {
  const singular = left.map(() => 0.5 + 1.5 * random.uniform());
  return Array.from(
    { length: rows },
    (_, i) =>
      Array.from(
        { length: columns },
        (_, j) => singular.reduce((sum, value, r) => sum + left[r][i] * value * right[r][j], 0),
      ),
  );
}

/** All subsets of 0 to `count - 1` that are not empty. */
export function subsets(count: number): number[][] {
  return Array.from(
    { length: 2 ** count - 1 },
    (_, code) => Array.from({ length: count }, (_, i) => i).filter((i) => (code + 1) >> i & 1),
  );
}
