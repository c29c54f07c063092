import { bytes, multiplyAdd, VECTOR, zeros } from "./simd";

/** The inner product of 6 rows with a panel of 8 columns; reads and writes as `tile4x12` does. */
export function tile6x8(
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
  let c00 = zeros(), c01 = zeros();
  let c10 = zeros(), c11 = zeros();
  let c20 = zeros(), c21 = zeros();
  let c30 = zeros(), c31 = zeros();
  let c40 = zeros(), c41 = zeros();
  let c50 = zeros(), c51 = zeros();
  for (let run = 0; run < runs; run++) {
    const start = a + load<usize>(offsets + bytes(run));
    let a0 = start + load<usize>(rows);
    let a1 = start + load<usize>(rows, 4);
    let a2 = start + load<usize>(rows, 8);
    let a3 = start + load<usize>(rows, 12);
    let a4 = start + load<usize>(rows, 16);
    let a5 = start + load<usize>(rows, 20);
    let depth = runLength;
    for (; depth >= 2; depth -= 2) {
      let b0 = v128.load(panel);
      let b1 = v128.load(panel, VECTOR);
      let value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4);
      c40 = multiplyAdd(value, b0, c40);
      c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5);
      c50 = multiplyAdd(value, b0, c50);
      c51 = multiplyAdd(value, b1, c51);

      b0 = v128.load(panel, 2 * VECTOR);
      b1 = v128.load(panel, 3 * VECTOR);
      value = v128.load32_splat(a0, 4);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1, 4);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2, 4);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3, 4);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4, 4);
      c40 = multiplyAdd(value, b0, c40);
      c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5, 4);
      c50 = multiplyAdd(value, b0, c50);
      c51 = multiplyAdd(value, b1, c51);
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
      a4 += 8;
      a5 += 8;
      panel += 4 * VECTOR;
    }
    if (depth) {
      const b0 = v128.load(panel);
      const b1 = v128.load(panel, VECTOR);
      let value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4);
      c40 = multiplyAdd(value, b0, c40);
      c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5);
      c50 = multiplyAdd(value, b0, c50);
      c51 = multiplyAdd(value, b1, c51);
      panel += 2 * VECTOR;
    }
  }
  storeRow(c, c00, c01, accumulate);
  c += cStride;
  storeRow(c, c10, c11, accumulate);
  c += cStride;
  storeRow(c, c20, c21, accumulate);
  c += cStride;
  storeRow(c, c30, c31, accumulate);
  c += cStride;
  storeRow(c, c40, c41, accumulate);
  c += cStride;
  storeRow(c, c50, c51, accumulate);
}

@inline
function storeRow(c: usize, sum0: v128, sum1: v128, accumulate: bool): void {
  if (accumulate) {
    sum0 = f32x4.add(v128.load(c), sum0);
    sum1 = f32x4.add(v128.load(c, VECTOR), sum1);
  }
  v128.store(c, sum0);
  v128.store(c, sum1, VECTOR);
}
