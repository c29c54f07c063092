import { addTo, bytes, multiplyBy, sumLanes, zeros } from "./simd";

/** Rows added up in one go before the total grows: keeps the rounding error of long sums small. */
const ROW_BLOCK: i32 = 256;

/** Bytes of scratch that `sumRows` needs. */
export function sumRowsScratch(columns: i32): usize {
  return bytes(columns);
}

/**
 * to[column] = sum over the rows [begin, end) of a row-major matrix.
 *
 * Rows are added in blocks, then the blocks: the error grows with the square root of the length.
 */
export function sumRows(
  from: usize,
  begin: i32,
  end: i32,
  columns: i32,
  to: usize,
  scratch: usize,
): void {
  memory.fill(to, 0, bytes(columns));
  for (let row = begin; row < end; row += ROW_BLOCK) {
    const rows = min(ROW_BLOCK, end - row);
    const block = from + bytes(row * columns);
    if (columns < 4 || columns > 64) {
      memory.fill(scratch, 0, bytes(columns));
      for (let index = 0; index < rows; index++) {
        addTo(scratch, block + bytes(index * columns), columns);
      }
      addTo(to, scratch, columns);
    } else {
      sumNarrowBlock(block, rows, columns, to);
    }
  }
}

/** For each of the matrices [begin, end) of a stack, `rows` rows of `columns`: the sum of its rows. */
export function sumMiddle(
  from: usize,
  begin: i32,
  end: i32,
  rows: i32,
  columns: i32,
  to: usize,
  scratch: usize,
): void {
  for (let index = begin; index < end; index++) {
    const matrix = from + <usize> index * bytes(rows * columns);
    sumRows(matrix, 0, rows, columns, to + <usize> index * bytes(columns), scratch);
  }
}

/** Adds the sums of a few columns: they stay in registers while the rows run past. */
function sumNarrowBlock(block: usize, rows: i32, columns: i32, to: usize): void {
  const step = bytes(columns);
  let column = 0;
  for (; column + 16 <= columns; column += 16) {
    let sum0 = zeros(), sum1 = zeros(), sum2 = zeros(), sum3 = zeros();
    let from = block + bytes(column);
    for (let row = 0; row < rows; row++) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
      sum2 = f32x4.add(sum2, v128.load(from, 32));
      sum3 = f32x4.add(sum3, v128.load(from, 48));
      from += step;
    }
    const total = to + bytes(column);
    v128.store(total, f32x4.add(v128.load(total), sum0));
    v128.store(total, f32x4.add(v128.load(total, 16), sum1), 16);
    v128.store(total, f32x4.add(v128.load(total, 32), sum2), 32);
    v128.store(total, f32x4.add(v128.load(total, 48), sum3), 48);
  }
  for (; column + 4 <= columns; column += 4) {
    let sum0 = zeros(), sum1 = zeros();
    let from = block + bytes(column);
    let row = 0;
    for (; row + 2 <= rows; row += 2) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from + step));
      from += 2 * step;
    }
    if (row < rows) sum0 = f32x4.add(sum0, v128.load(from));
    const total = to + bytes(column);
    v128.store(total, f32x4.add(v128.load(total), f32x4.add(sum0, sum1)));
  }
  for (; column < columns; column++) {
    let sum: f32 = 0;
    let from = block + bytes(column);
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(from);
      from += step;
    }
    store<f32>(to + bytes(column), load<f32>(to + bytes(column)) + sum);
  }
}

/** to[row] = sum of the values of a row, for the rows [begin, end) of a row-major matrix. */
export function sumColumns(from: usize, begin: i32, end: i32, columns: i32, to: usize): void {
  for (let row = begin; row < end; row++) {
    store<f32>(to + bytes(row), sumValues(from + bytes(row * columns), columns));
  }
}

/** Sum of `count` values: four vectors of partial sums, block by block. */
function sumValues(from: usize, count: i32): f32 {
  let total = zeros();
  let index = 0;
  while (index + 16 <= count) {
    const end = min(count - 15, index + 16 * ROW_BLOCK);
    let sum0 = zeros(), sum1 = zeros(), sum2 = zeros(), sum3 = zeros();
    for (; index < end; index += 16) {
      const at = from + bytes(index);
      sum0 = f32x4.add(sum0, v128.load(at));
      sum1 = f32x4.add(sum1, v128.load(at, 16));
      sum2 = f32x4.add(sum2, v128.load(at, 32));
      sum3 = f32x4.add(sum3, v128.load(at, 48));
    }
    total = f32x4.add(total, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
  }
  let sum = sumLanes(total);
  for (; index < count; index++) sum += load<f32>(from + bytes(index));
  return sum;
}

/** to = from. */
export function copyValues(to: usize, from: usize, count: i32): void {
  memory.copy(to, from, bytes(count));
}

/** to += from. */
export function addInto(to: usize, from: usize, count: i32): void {
  addTo(to, from, count);
}

/** values *= factor. */
export function scale(values: usize, count: i32, factor: f32): void {
  multiplyBy(values, factor, count);
}
