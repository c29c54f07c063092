import { panelWidth } from "./panels";
import { bytes } from "./simd";
import { tile3x12 } from "./tile_3x12";
import { tile6x8 } from "./tile_6x8";

/** Bytes of the buffer for sums of a tile that stands out over the edge. */
export const EDGE_BYTES: usize = 192;

/** Row tables are filled up to a multiple of both tile heights by repeating the last row. */
export const ROW_MULTIPLE: i32 = 6;

/** Entries of the row table for `count` rows. */

@inline
export function tableRows(count: i32): i32 {
  return (count + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
}

/** Fills the end of a row table: see ROW_MULTIPLE. */
export function padRowTable(rows: usize, count: i32): void {
  const last = load<usize>(rows + bytes(count - 1));
  const end = tableRows(count);
  for (let row = count; row < end; row++) store<usize>(rows + bytes(row), last);
}

/**
 * C = A B, or C += A B, for rows that a table points to and packed panels (see `tile6x8`).
 *
 * @param panels The panel of column j starts at `panels + j * panelDepth` values; the sum begins with
 * its depth step `panelStep`.
 * @param c Row-major, rows `cStride` values apart.
 * @param edge Scratch of EDGE_BYTES.
 */
export function multiplyPanels(
  a: usize,
  rows: usize,
  rowCount: i32,
  runs: i32,
  offsets: usize,
  runLength: i32,
  panels: usize,
  panelDepth: i32,
  panelStep: i32,
  columns: i32,
  c: usize,
  cStride: i32,
  accumulate: bool,
  edge: usize,
): void {
  const cRow = bytes(cStride);
  // One panel, wider than C: what it writes past the end of a row, later rows write over.
  const spills = columns <= panelWidth(columns) && columns == cStride && !accumulate;
  for (let column = 0; column < columns;) {
    const width = panelWidth(columns - column);
    const height = width == 12 ? 3 : 6;
    const inside = min(width, columns - column);
    const panel = panels + bytes(column * panelDepth + panelStep * width);
    for (let row = 0; row < rowCount; row += height) {
      const table = rows + bytes(row);
      const to = c + <usize> row * cRow + bytes(column);
      const after = rowCount - row - height;
      const whole = after >= 0 &&
        (inside == width || (spills && after * columns >= width - columns));
      const target = whole ? to : edge;
      const targetRow = whole ? cRow : bytes(width);
      const add = whole && accumulate;
      if (width == 12) tile3x12(a, table, runs, offsets, runLength, panel, target, targetRow, add);
      else tile6x8(a, table, runs, offsets, runLength, panel, target, targetRow, add);
      if (!whole) copyEdge(edge, width, min(height, rowCount - row), inside, to, cRow, accumulate);
    }
    column += width;
  }
}

function copyEdge(
  edge: usize,
  width: i32,
  height: i32,
  inside: i32,
  to: usize,
  toRow: usize,
  accumulate: bool,
): void {
  for (let row = 0; row < height; row++) {
    let lane = 0;
    for (; lane + 4 <= inside; lane += 4) {
      let sum = v128.load(edge + bytes(lane));
      if (accumulate) sum = f32x4.add(v128.load(to + bytes(lane)), sum);
      v128.store(to + bytes(lane), sum);
    }
    for (; lane < inside; lane++) {
      let sum = load<f32>(edge + bytes(lane));
      if (accumulate) sum = load<f32>(to + bytes(lane)) + sum;
      store<f32>(to + bytes(lane), sum);
    }
    edge += bytes(width);
    to += toRow;
  }
}
