import { JACOBI_LIMIT, RollingEigen } from "../_jacobi.ts";
import {
  singularValues,
  type SymmetricEigen,
  symmetricEigen,
  thinSvd,
} from "../_decompositions.ts";
import { addScaled, dot, gramOfRows, type Matrix, transpose } from "../_matrix.ts";

/**
 * Below this share of the largest singular value the Gram matrix is too coarse: its rounding moves a
 * singular value σ by about 1e-16 σ₁² / σ.
 */
const GRAM_LIMIT = 1e-6;

/** Sum of the singular values of `v` `[rows, columns]`. */
export function traceNormOf(v: Float64Array, rows: number, columns: number): number {
  return singularValues(v, rows, columns).reduce((sum, value) => sum + value, 0);
}

/** Largest singular value of `v` `[rows, columns]`; its Gram matrix is exact enough for that one. */
export function largestSingular(v: Float64Array, rows: number, columns: number): number {
  const side = Math.min(rows, columns);
  const flat: Matrix = { rows, columns, values: v };
  const gram = gramOfRows(
    rows <= columns ? v : transpose(flat).values,
    side,
    Math.max(rows, columns),
  );
  return Math.sqrt(Math.max(0, symmetricEigen(gram, side).values[side - 1]));
}

/** From singular values, falling, to new ones. Must send 0 to 0. */
export type Shrink = (singular: Float64Array) => Float64Array;

/**
 * A function that replaces `v = Σ σ_i l_i r_iᵀ` `[rows, columns]` by `Σ shrink(σ)_i l_i r_iᵀ`. It
 * remembers the last singular directions: calls with similar matrices are faster.
 */
export function spectralOperator(
  rows: number,
  columns: number,
): (v: Float64Array, shrink: Shrink) => void {
  const side = Math.min(rows, columns);
  const rolling = side <= JACOBI_LIMIT ? new RollingEigen(side) : undefined;
  return (v, shrink) => applyToSpectrum(v, rows, columns, shrink, rolling);
}

function applyToSpectrum(
  v: Float64Array,
  rows: number,
  columns: number,
  shrink: Shrink,
  rolling: RollingEigen | undefined,
): void {
  const wide = rows <= columns;
  const side = Math.min(rows, columns);
  const flat: Matrix = { rows, columns, values: v };
  const gram = gramOfRows(wide ? v : transpose(flat).values, side, Math.max(rows, columns));
  const { values, vectors } = rolling?.decompose(gram) ?? falling(symmetricEigen(gram, side));
  const singular = new Float64Array(side);
  for (let i = 0; i < side; i++) singular[i] = Math.sqrt(Math.max(0, values[i]));
  const target = shrink(singular);
  // Factor of every singular direction; v ← U diag(factor) Uᵀ v needs the small side only.
  let coarse = false;
  const kept: number[] = [];
  for (let i = 0; i < side; i++) {
    if (target[i] === 0) continue;
    kept.push(i);
    if (singular[i] < GRAM_LIMIT * singular[0]) coarse = true;
  }
  if (coarse) {
    rebuild(v, rows, columns, shrink);
    return;
  }
  const projector = new Float64Array(side * side);
  for (const i of kept) {
    const start = i * side;
    const factor = target[i] / singular[i];
    for (let a = 0; a < side; a++) {
      addScaled(projector, factor * vectors[start + a], vectors, side, a * side, start);
    }
  }
  if (wide) {
    const old = v.slice();
    v.fill(0);
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b < rows; b++) {
        addScaled(v, projector[a * side + b], old, columns, a * columns, b * columns);
      }
    }
    return;
  }
  const row = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    row.set(v.subarray(r * columns, (r + 1) * columns));
    for (let c = 0; c < columns; c++) v[r * columns + c] = dot(projector, row, side, c * side, 0);
  }
}

/** Eigenvalues from large to small. */
function falling({ values, vectors }: SymmetricEigen): SymmetricEigen {
  const size = values.length;
  const turned = new Float64Array(vectors.length);
  for (let i = 0; i < size; i++) {
    turned.set(vectors.subarray(i * size, (i + 1) * size), (size - 1 - i) * size);
  }
  return { values: values.slice().reverse(), vectors: turned };
}

/** The same by a full singular value decomposition, for spectra of a wide range. */
function rebuild(
  v: Float64Array,
  rows: number,
  columns: number,
  shrink: Shrink,
): void {
  const { singular, left, right } = thinSvd(v, rows, columns);
  const target = shrink(singular);
  v.fill(0);
  for (let i = 0; i < singular.length; i++) {
    if (target[i] === 0) continue;
    for (let r = 0; r < rows; r++) {
      addScaled(v, target[i] * left[i * rows + r], right, columns, r * columns, i * columns);
    }
  }
}
