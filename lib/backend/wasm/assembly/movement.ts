import { bytes, copy, transpose4x4 } from "./simd";

// Moving values of four bytes without changing them.

/** Copies rows of `columns` values; rows lie `fromRow` and `toRow` values apart. */
export function copyRows(
  from: usize,
  fromRow: i32,
  to: usize,
  toRow: i32,
  rows: i32,
  columns: i32,
): void {
  const fromStep = bytes(fromRow);
  const toStep = bytes(toRow);
  for (let row = 0; row < rows; row++) {
    copy(to, from, columns);
    from += fromStep;
    to += toStep;
  }
}


/** An axis of the result: its length, and how far apart its values lie in source and result. */
@unmanaged
class Axis {
  length: i32;
  from: i32;
  to: i32;
}

/**
 * Transposes. The last two axes in the list are the inner ones: of these, the first one is
 * contiguous in the source (stride 1) and the last one in the result. The others are looped over,
 * for the positions [begin, end) of their product. Where the last axis is contiguous in both, the
 * one before it has length 1.
 */
export function permute(
  from: usize,
  to: usize,
  axes: usize,
  count: i32,
  begin: i32,
  end: i32,
): void {
  const outer = count - 2;
  const rows = changetype<Axis>(axes + <usize> outer * offsetof<Axis>());
  const columns = changetype<Axis>(axes + <usize> (outer + 1) * offsetof<Axis>());
  for (let position = begin; position < end; position++) {
    let rest = position;
    let source = from;
    let target = to;
    for (let index = outer - 1; index >= 0; index--) {
      const axis = changetype<Axis>(axes + <usize> index * offsetof<Axis>());
      const at = rest % axis.length;
      rest /= axis.length;
      source += bytes(at * axis.from);
      target += bytes(at * axis.to);
    }
    if (columns.from == 1) copy(target, source, columns.length);
    else transposeMatrix(source, columns.from, rows.length, columns.length, target, rows.to);
  }
}

/** Bytes of cache lines that a tile of the transpose touches stay in the first-level cache. */
const TILE: i32 = 32;

/** to[r * toRow + c] = from[c * fromRow + r], tile by tile. */
function transposeMatrix(
  from: usize,
  fromRow: i32,
  rows: i32,
  columns: i32,
  to: usize,
  toRow: i32,
): void {
  const fromStep = bytes(fromRow);
  const toStep = bytes(toRow);
  for (let column = 0; column < columns; column += TILE) {
    const columnEnd = min(column + TILE, columns);
    for (let row = 0; row < rows; row += TILE) {
      const rowEnd = min(row + TILE, rows);
      let c = column;
      for (; c + 4 <= columnEnd; c += 4) {
        let r = row;
        for (; r + 4 <= rowEnd; r += 4) {
          const source = from + <usize> c * fromStep + bytes(r);
          transpose4x4(source, fromStep, to + <usize> r * toStep + bytes(c), toStep);
        }
        for (; r < rowEnd; r++) {
          for (let lane = 0; lane < 4; lane++) {
            const value = load<i32>(from + <usize> (c + lane) * fromStep + bytes(r));
            store<i32>(to + <usize> r * toStep + bytes(c + lane), value);
          }
        }
      }
      for (; c < columnEnd; c++) {
        for (let r = row; r < rowEnd; r++) {
          const value = load<i32>(from + <usize> c * fromStep + bytes(r));
          store<i32>(to + <usize> r * toStep + bytes(c), value);
        }
      }
    }
  }
}
