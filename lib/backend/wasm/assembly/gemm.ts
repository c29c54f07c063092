import { packPanels, packPanelsTransposed, panelColumns } from "./panels";
import { bytes, transpose4x4 } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable } from "./tiles";

/** Depth of a block: a panel of 8 columns then takes 12 KiB and stays in the first-level cache. */
const DEPTH_BLOCK: i32 = 384;
/** Rows of a block: a multiple of both tile heights. */
const ROW_BLOCK: i32 = 48;
/** Columns of a block: its panels take 1.5 MiB at most. */
const COLUMN_BLOCK: i32 = 1008;

const ROW_TABLE_BYTES: usize = 256;
const OFFSETS_BYTES: usize = 64;

/** Bytes of scratch that `gemm` needs for `columns` columns. */
export function gemmScratch(columns: i32): usize {
  return EDGE_BYTES + OFFSETS_BYTES + ROW_TABLE_BYTES +
    bytes(DEPTH_BLOCK * (ROW_BLOCK + panelColumns(min(columns, COLUMN_BLOCK))));
}

/**
 * C = op(A) op(B), or C += op(A) op(B), for rows [rowBegin, rowEnd) and columns
 * [columnBegin, columnEnd) of C. Strides are in values. Sums run in a fixed order.
 */
export function gemm(
  a: usize,
  aStride: i32,
  transposeA: bool,
  b: usize,
  bStride: i32,
  transposeB: bool,
  c: usize,
  cStride: i32,
  rowBegin: i32,
  rowEnd: i32,
  columnBegin: i32,
  columnEnd: i32,
  depth: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const edge = scratch;
  const offsets = edge + EDGE_BYTES;
  const rows = offsets + OFFSETS_BYTES;
  const block = rows + ROW_TABLE_BYTES;
  const panels = block + bytes(ROW_BLOCK * DEPTH_BLOCK);
  store<i32>(offsets, 0);
  const depthBlocks = (depth + DEPTH_BLOCK - 1) / DEPTH_BLOCK;
  const depthStep = (depth + depthBlocks - 1) / depthBlocks;
  for (let column = columnBegin; column < columnEnd; column += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, columnEnd - column);
    for (let k = 0; k < depth; k += depthStep) {
      const steps = min(depthStep, depth - k);
      if (transposeB) {
        const from = b + bytes(column * bStride + k);
        packPanelsTransposed(from, bStride, steps, columns, panels, steps, 0);
      } else {
        packPanels(b + bytes(k * bStride + column), bStride, steps, columns, panels);
      }
      for (let row = rowBegin; row < rowEnd; row += ROW_BLOCK) {
        const rowCount = min(ROW_BLOCK, rowEnd - row);
        let start: usize;
        let stride: i32;
        if (transposeA) {
          transposeBlock(a + bytes(k * aStride + row), aStride, steps, rowCount, block);
          start = block;
          stride = steps;
        } else {
          start = a + bytes(row * aStride + k);
          stride = aStride;
        }
        for (let index = 0; index < rowCount; index++) {
          store<i32>(rows + bytes(index), bytes(index * stride));
        }
        padRowTable(rows, rowCount);
        multiplyPanels(
          start,
          rows,
          rowCount,
          1,
          offsets,
          steps,
          panels,
          steps,
          0,
          columns,
          c + bytes(row * cStride + column),
          cStride,
          accumulate || k > 0,
          edge,
        );
      }
    }
  }
}

/**
 * C = op(A) op(B) for the matrices [begin, end) of three stacks, whose matrices lie `aStep`, `bStep`
 * and `rows * columns` values apart (a step of 0: one operand for all).
 */
export function gemmStack(
  a: usize,
  aStride: i32,
  transposeA: bool,
  aStep: i32,
  b: usize,
  bStride: i32,
  transposeB: bool,
  bStep: i32,
  c: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  for (let index = begin; index < end; index++) {
    gemm(
      a + bytes(index * aStep), aStride, transposeA, b + bytes(index * bStep), bStride, transposeB,
      c + bytes(index * rows * columns), columns, 0, rows, 0, columns, depth, false, scratch,
    );
  }
}

/** Writes the transpose of `depth` rows of `count` values (rows `stride` apart) as `count` rows. */
function transposeBlock(from: usize, stride: i32, depth: i32, count: i32, to: usize): void {
  const fromRow = bytes(stride);
  const toRow = bytes(depth);
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const source = from + <usize> k * fromRow;
    const target = to + bytes(k);
    let index = 0;
    for (; index + 4 <= count; index += 4) {
      transpose4x4(source + bytes(index), fromRow, target + <usize> index * toRow, toRow);
    }
    for (; index < count; index++) {
      for (let row = 0; row < 4; row++) {
        store<f32>(
          target + <usize> index * toRow + bytes(row),
          load<f32>(source + <usize> row * fromRow + bytes(index)),
        );
      }
    }
  }
  for (; k < depth; k++) {
    for (let index = 0; index < count; index++) {
      store<f32>(
        to + <usize> index * toRow + bytes(k),
        load<f32>(from + <usize> k * fromRow + bytes(index)),
      );
    }
  }
}
