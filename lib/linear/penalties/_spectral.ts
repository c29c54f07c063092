import {
  addScaled,
  dot,
  gramOfRows,
  type Matrix,
  singularValues,
  symmetricEigen,
  thinSvd,
  transpose,
} from "../_matrix.ts";

/** Below this share of the largest singular value the Gram matrix is too coarse: σ² loses half the digits. */
const GRAM_LIMIT = 1e-4;

/** Sum of the singular values of `v` `[rows, columns]`. */
export function traceNormOf(v: Float64Array, rows: number, columns: number): number {
  return singularValues(v, rows, columns).reduce((sum, value) => sum + value, 0);
}

/**
 * Replaces `v = Σ σ_i l_i r_iᵀ` by `Σ shrink(σ)_i l_i r_iᵀ`.
 *
 * @param shrink From the singular values, falling, to the new ones. Must send 0 to 0.
 */
export function applyToSpectrum(
  v: Float64Array,
  rows: number,
  columns: number,
  shrink: (singular: Float64Array) => Float64Array,
): void {
  const wide = rows <= columns;
  const side = Math.min(rows, columns);
  const flat: Matrix = { rows, columns, values: v };
  const gram = gramOfRows(wide ? v : transpose(flat).values, side, Math.max(rows, columns));
  const { values, vectors } = symmetricEigen(gram, side);
  const singular = new Float64Array(side);
  for (let i = 0; i < side; i++) singular[i] = Math.sqrt(Math.max(0, values[side - 1 - i]));
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
    const start = (side - 1 - i) * side;
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

/** The same by a full singular value decomposition, for spectra of a wide range. */
function rebuild(
  v: Float64Array,
  rows: number,
  columns: number,
  shrink: (singular: Float64Array) => Float64Array,
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
