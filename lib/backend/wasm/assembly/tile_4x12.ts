import { bytes, multiplyAdd, VECTOR, zeros } from "./simd";

/**
 * The inner product of 4 rows with a panel of 12 columns: the 12 sums stay in registers.
 *
 * A row is read in `runs` runs of `runLength` adjacent values. Row r, run q starts at
 * `a + rows[r] + offsets[q]` (byte offsets), so the same code multiplies plain matrices (one run)
 * and walks the patches of an image without copying them (one run for each filter row).
 * `panel` holds 12 values for every step of the depth, one step after the other.
 * Writes the 4 x 12 sums to `c` (rows `cStride` bytes apart), or adds them to what is there.
 */
export function tile4x12(
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
  let c30 = zeros(), c31 = zeros(), c32 = zeros();
  for (let run = 0; run < runs; run++) {
    const start = a + load<usize>(offsets + bytes(run));
    let a0 = start + load<usize>(rows);
    let a1 = start + load<usize>(rows, 4);
    let a2 = start + load<usize>(rows, 8);
    let a3 = start + load<usize>(rows, 12);
    let depth = runLength;
    for (; depth >= 2; depth -= 2) {
      let b0 = v128.load(panel);
      let b1 = v128.load(panel, VECTOR);
      let b2 = v128.load(panel, 2 * VECTOR);
      let value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      c22 = multiplyAdd(value, b2, c22);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      c32 = multiplyAdd(value, b2, c32);

      b0 = v128.load(panel, 3 * VECTOR);
      b1 = v128.load(panel, 4 * VECTOR);
      b2 = v128.load(panel, 5 * VECTOR);
      value = v128.load32_splat(a0, 4);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1, 4);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2, 4);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      c22 = multiplyAdd(value, b2, c22);
      value = v128.load32_splat(a3, 4);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      c32 = multiplyAdd(value, b2, c32);
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
      panel += 6 * VECTOR;
    }
    if (depth) {
      const b0 = v128.load(panel);
      const b1 = v128.load(panel, VECTOR);
      const b2 = v128.load(panel, 2 * VECTOR);
      let value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00);
      c01 = multiplyAdd(value, b1, c01);
      c02 = multiplyAdd(value, b2, c02);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10);
      c11 = multiplyAdd(value, b1, c11);
      c12 = multiplyAdd(value, b2, c12);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20);
      c21 = multiplyAdd(value, b1, c21);
      c22 = multiplyAdd(value, b2, c22);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30);
      c31 = multiplyAdd(value, b1, c31);
      c32 = multiplyAdd(value, b2, c32);
      panel += 3 * VECTOR;
    }
  }
  storeRow(c, c00, c01, c02, accumulate);
  c += cStride;
  storeRow(c, c10, c11, c12, accumulate);
  c += cStride;
  storeRow(c, c20, c21, c22, accumulate);
  c += cStride;
  storeRow(c, c30, c31, c32, accumulate);
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
