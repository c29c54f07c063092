import { bytes, roundUp4, transpose4x4, VECTOR } from "./simd";

// The right operand of a product is copied once into panels of 12 or 8 columns, so that the
// micro-kernels read it front to back. Columns that are missing at the right end are zeros.

/**
 * Width of the next panel when `remaining` columns are left: 12 takes an odd quad of columns along, so
 * that three columns at most are wasted.
 */

@inline
export function panelWidth(remaining: i32): i32 {
  const quads = (remaining + 3) >> 2;
  return (quads & 1) && quads > 1 ? 12 : 8;
}

/** Columns that `columns` take in panels. */
export function panelColumns(columns: i32): i32 {
  return max(8, roundUp4(columns));
}

/**
 * Packs rows [0, depth) and `columns` columns of a row-major matrix (rows `stride` values apart).
 * The panel that starts at column j lies at `panels + j * depth` values.
 */
export function packPanels(
  from: usize,
  stride: i32,
  depth: i32,
  columns: i32,
  panels: usize,
): void {
  const rowBytes = bytes(stride);
  for (let column = 0; column < columns;) {
    const width = panelWidth(columns - column);
    const inside = min(width, columns - column);
    let source = from + bytes(column);
    let to = panels + bytes(column * depth);
    if (inside == 12) {
      for (let row = 0; row < depth; row++) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, VECTOR), VECTOR);
        v128.store(to, v128.load(source, 2 * VECTOR), 2 * VECTOR);
        source += rowBytes;
        to += 3 * VECTOR;
      }
    } else if (inside == 8 && width == 8) {
      for (let row = 0; row < depth; row++) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, VECTOR), VECTOR);
        source += rowBytes;
        to += 2 * VECTOR;
      }
    } else {
      for (let row = 0; row < depth; row++) {
        packPartialRow(source, inside, width, to);
        source += rowBytes;
        to += bytes(width);
      }
    }
    column += width;
  }
}

@inline
function packPartialRow(source: usize, inside: i32, width: i32, to: usize): void {
  let index = 0;
  for (; index + 4 <= inside; index += 4) {
    v128.store(to + bytes(index), v128.load(source + bytes(index)));
  }
  for (; index < inside; index++) store<f32>(to + bytes(index), load<f32>(source + bytes(index)));
  for (; index < width; index++) store<f32>(to + bytes(index), 0);
}

/**
 * As `packPanels`, from the transpose: `columns` rows of `depth` values, rows `stride` apart.
 * Fills depth steps [panelStep, panelStep + depth) of panels that are `panelDepth` steps deep.
 */
export function packPanelsTransposed(
  from: usize,
  stride: i32,
  depth: i32,
  columns: i32,
  panels: usize,
  panelDepth: i32,
  panelStep: i32,
): void {
  const columnBytes = bytes(stride);
  for (let column = 0; column < columns;) {
    const width = panelWidth(columns - column);
    const inside = min(width, columns - column);
    const rowBytes = bytes(width);
    const panel = panels + bytes(column * panelDepth + panelStep * width);
    let lane = 0;
    for (; lane + 4 <= inside; lane += 4) {
      let source = from + <usize> (column + lane) * columnBytes;
      let to = panel + bytes(lane);
      let row = 0;
      for (; row + 4 <= depth; row += 4) {
        transpose4x4(source, columnBytes, to, rowBytes);
        source += VECTOR;
        to += 4 * rowBytes;
      }
      for (; row < depth; row++) {
        for (let index = 0; index < 4; index++) {
          store<f32>(to + bytes(index), load<f32>(source + <usize> index * columnBytes));
        }
        source += 4;
        to += rowBytes;
      }
    }
    for (; lane < width; lane++) {
      let source = from + <usize> (column + lane) * columnBytes;
      let to = panel + bytes(lane);
      for (let row = 0; row < depth; row++) {
        store<f32>(to, lane < inside ? load<f32>(source) : 0);
        source += 4;
        to += rowBytes;
      }
    }
    column += width;
  }
}
