import { bytes, multiplyAdd, VECTOR, zeros } from "./simd";

/**
 * The inner product of 6 rows with a panel of 8 columns: the 12 sums stay in registers.
 *
 * A row is read in `runs` runs of `runLength` adjacent values. Row r, run q starts at
 * `a + rows[r] + offsets[q]` (byte offsets), so the same code multiplies plain matrices (one run)
 * and walks the patches of an image without copying them (one run for each filter row).
 * `panel` holds 8 values for every step of the depth, one step after the other.
 * Writes the 6 x 8 sums to `c` (rows `cStride` bytes apart), or adds them to what is there.
 *
 * x86-64 has 15 vector registers to give: 12 sums, 2 of the panel, 1 of a row. Four steps are written
 * out one after the other so that the sixth part of the instructions is not spent on the loop; the
 * modules are built at the optimizer's level 1, which keeps this order.
 */
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
    let value: v128, b0: v128, b1: v128;
    let depth = runLength;
    for (; depth >= 4; depth -= 4) {
      b0 = v128.load(panel);
      b1 = v128.load(panel, VECTOR);
      value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4);
      c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5);
      c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51);

      b0 = v128.load(panel, 2 * VECTOR);
      b1 = v128.load(panel, 3 * VECTOR);
      value = v128.load32_splat(a0, 4);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1, 4);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2, 4);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3, 4);
      c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4, 4);
      c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5, 4);
      c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51);

      b0 = v128.load(panel, 4 * VECTOR);
      b1 = v128.load(panel, 5 * VECTOR);
      value = v128.load32_splat(a0, 8);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1, 8);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2, 8);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3, 8);
      c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4, 8);
      c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5, 8);
      c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51);

      b0 = v128.load(panel, 6 * VECTOR);
      b1 = v128.load(panel, 7 * VECTOR);
      value = v128.load32_splat(a0, 12);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1, 12);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2, 12);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3, 12);
      c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4, 12);
      c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5, 12);
      c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51);
      a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; a5 += 16;
      panel += 8 * VECTOR;
    }
    for (; depth > 0; depth--) {
      b0 = v128.load(panel);
      b1 = v128.load(panel, VECTOR);
      value = v128.load32_splat(a0);
      c00 = multiplyAdd(value, b0, c00); c01 = multiplyAdd(value, b1, c01);
      value = v128.load32_splat(a1);
      c10 = multiplyAdd(value, b0, c10); c11 = multiplyAdd(value, b1, c11);
      value = v128.load32_splat(a2);
      c20 = multiplyAdd(value, b0, c20); c21 = multiplyAdd(value, b1, c21);
      value = v128.load32_splat(a3);
      c30 = multiplyAdd(value, b0, c30); c31 = multiplyAdd(value, b1, c31);
      value = v128.load32_splat(a4);
      c40 = multiplyAdd(value, b0, c40); c41 = multiplyAdd(value, b1, c41);
      value = v128.load32_splat(a5);
      c50 = multiplyAdd(value, b0, c50); c51 = multiplyAdd(value, b1, c51);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
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
