import { bytes, multiplyAdd, VECTOR, zeros } from "./simd";

/**
 * The inner product of 3 rows with a panel of 12 columns; reads and writes as `tile6x8` does. For an
 * odd number of column quads, which would leave half a panel of 8 empty.
 */
export function tile3x12(
  a: usize,
  rows: usize,
  runs: i32,
  offsets: usize,
  runLength: i32,
  panel: usize,
  c: usize,
  cStride: usize,
  accumulate: bool,
): void {
  let c00 = zeros(), c01 = zeros(), c02 = zeros();
  let c10 = zeros(), c11 = zeros(), c12 = zeros();
  let c20 = zeros(), c21 = zeros(), c22 = zeros();
  for (let run = 0; run < runs; run++) {
    const start = a + load<usize>(offsets + bytes(run));
    let a0 = start + load<usize>(rows);
    let a1 = start + load<usize>(rows, 4);
    let a2 = start + load<usize>(rows, 8);
    let value: v128, b0: v128, b1: v128, b2: v128;
    let depth = runLength;
    for (; depth >= 4; depth -= 4) {
      b0 = v128.load(panel);
      b1 = v128.load(panel, VECTOR);
      b2 = v128.load(panel, 2 * VECTOR);
      value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01); c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11); c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21); c22 = multiplyAdd(value, b2, c22);

      b0 = v128.load(panel, 3 * VECTOR);
      b1 = v128.load(panel, 4 * VECTOR);
      b2 = v128.load(panel, 5 * VECTOR);
      value = v128.load32_splat(a0, 4);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01); c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1, 4);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11); c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2, 4);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21); c22 = multiplyAdd(value, b2, c22);

      b0 = v128.load(panel, 6 * VECTOR);
      b1 = v128.load(panel, 7 * VECTOR);
      b2 = v128.load(panel, 8 * VECTOR);
      value = v128.load32_splat(a0, 8);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01); c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1, 8);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11); c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2, 8);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21); c22 = multiplyAdd(value, b2, c22);

      b0 = v128.load(panel, 9 * VECTOR);
      b1 = v128.load(panel, 10 * VECTOR);
      b2 = v128.load(panel, 11 * VECTOR);
      value = v128.load32_splat(a0, 12);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01); c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1, 12);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11); c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2, 12);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21); c22 = multiplyAdd(value, b2, c22);
      a0 += 16; a1 += 16; a2 += 16;
      panel += 12 * VECTOR;
    }
    for (; depth > 0; depth--) {
      b0 = v128.load(panel);
      b1 = v128.load(panel, VECTOR);
      b2 = v128.load(panel, 2 * VECTOR);
      value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01); c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11); c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21); c22 = multiplyAdd(value, b2, c22);
      a0 += 4; a1 += 4; a2 += 4;
      panel += 3 * VECTOR;
    }
  }
  storeRow(c, c00, c01, c02, accumulate);
  c += cStride;
  storeRow(c, c10, c11, c12, accumulate);
  c += cStride;
  storeRow(c, c20, c21, c22, accumulate);
}

@inline
function storeRow(c: usize, sum0: v128, sum1: v128, sum2: v128, accumulate: bool): void {
  if (accumulate) {
    sum0 = f32x4.add(v128.load(c), sum0);
    sum1 = f32x4.add(v128.load(c, VECTOR), sum1);
    sum2 = f32x4.add(v128.load(c, 2 * VECTOR), sum2);
  }
  v128.store(c, sum0);
  v128.store(c, sum1, VECTOR);
  v128.store(c, sum2, 2 * VECTOR);
}
