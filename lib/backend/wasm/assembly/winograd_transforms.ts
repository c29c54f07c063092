import { bytes, multiplyAdd } from "./simd";

// The transforms of Winograd's algorithm F(4 x 4, 3 x 3) along one axis (Lavin and Gray 2016, section
// 4), for the points 0, NEAR, -NEAR, FAR, -FAR and infinity. With 5/8 and 3/2 the rounding error is
// about twice that of the direct sum, where the usual 1 and 2 have four times that.
//
// Each works on `count` values at once, a multiple of four: channels lie side by side, so all of them
// go the same way. Rows that are read or written lie `stride` bytes apart, or have pointers of their
// own.

const NEAR: f32 = 0.625;
const FAR: f32 = 1.5;
const NEAR2: f32 = NEAR * NEAR;
const FAR2: f32 = FAR * FAR;
const NEAR3: f32 = NEAR2 * NEAR;
const FAR3: f32 = FAR2 * FAR;
const PRODUCT: f32 = NEAR2 * FAR2;
const SUM: f32 = NEAR2 + FAR2;
/** One over the products of the distances of a point to the other ones. */
const AT_ZERO: f32 = 1 / PRODUCT;
const AT_NEAR: f32 = 1 / (2 * NEAR2 * (NEAR2 - FAR2));
const AT_FAR: f32 = 1 / (2 * FAR2 * (FAR2 - NEAR2));

@inline
function scaled(factor: f32, value: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), value);
}

/** value + factor * other */
@inline
function plus(value: v128, factor: f32, other: v128): v128 {
  return multiplyAdd(f32x4.splat(factor), other, value);
}

/** Six rows of an image to six rows. */
export function transformImage(
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  row4: usize,
  row5: usize,
  count: i32,
  to: usize,
  stride: usize,
): void {
  const to2 = to + 2 * stride;
  const to4 = to + 4 * stride;
  for (let at: usize = 0; at < bytes(count); at += 16) {
    const d1 = v128.load(row1 + at);
    const d2 = v128.load(row2 + at);
    const d3 = v128.load(row3 + at);
    const d4 = v128.load(row4 + at);
    const even = plus(d4, -FAR2, d2);
    const odd = plus(d3, -FAR2, d1);
    const evenFar = plus(d4, -NEAR2, d2);
    const oddFar = plus(d3, -NEAR2, d1);
    v128.store(to + at, plus(plus(d4, -SUM, d2), PRODUCT, v128.load(row0 + at)));
    v128.store(to + stride + at, plus(even, NEAR, odd));
    v128.store(to2 + at, plus(even, -NEAR, odd));
    v128.store(to2 + stride + at, plus(evenFar, FAR, oddFar));
    v128.store(to4 + at, plus(evenFar, -FAR, oddFar));
    v128.store(to4 + stride + at, plus(plus(v128.load(row5 + at), -SUM, d3), PRODUCT, d1));
  }
}

/** Six rows of products to four rows of an image. */
export function transformProducts(
  from: usize,
  stride: usize,
  count: i32,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
): void {
  const from2 = from + 2 * stride;
  const from4 = from + 4 * stride;
  for (let at: usize = 0; at < bytes(count); at += 16) {
    const m1 = v128.load(from + stride + at);
    const m2 = v128.load(from2 + at);
    const m3 = v128.load(from2 + stride + at);
    const m4 = v128.load(from4 + at);
    const near = f32x4.add(m1, m2);
    const nearOdd = f32x4.sub(m1, m2);
    const far = f32x4.add(m3, m4);
    const farOdd = f32x4.sub(m3, m4);
    v128.store(row0 + at, f32x4.add(f32x4.add(v128.load(from + at), near), far));
    v128.store(row1 + at, plus(scaled(NEAR, nearOdd), FAR, farOdd));
    v128.store(row2 + at, plus(scaled(NEAR2, near), FAR2, far));
    const last = v128.load(from4 + stride + at);
    v128.store(row3 + at, plus(plus(last, NEAR3, nearOdd), FAR3, farOdd));
  }
}

/** The adjoint of `transformProducts`: four rows of an image to six. */
export function transformGradients(
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  count: i32,
  to: usize,
  stride: usize,
): void {
  const to2 = to + 2 * stride;
  const to4 = to + 4 * stride;
  for (let at: usize = 0; at < bytes(count); at += 16) {
    const y0 = v128.load(row0 + at);
    const y1 = v128.load(row1 + at);
    const y2 = v128.load(row2 + at);
    const y3 = v128.load(row3 + at);
    const even = plus(y0, NEAR2, y2);
    const odd = plus(scaled(NEAR, y1), NEAR3, y3);
    const evenFar = plus(y0, FAR2, y2);
    const oddFar = plus(scaled(FAR, y1), FAR3, y3);
    v128.store(to + at, y0);
    v128.store(to + stride + at, f32x4.add(even, odd));
    v128.store(to2 + at, f32x4.sub(even, odd));
    v128.store(to2 + stride + at, f32x4.add(evenFar, oddFar));
    v128.store(to4 + at, f32x4.sub(evenFar, oddFar));
    v128.store(to4 + stride + at, y3);
  }
}

/** Three rows of a filter to six. */
export function transformFilter(
  row0: usize,
  row1: usize,
  row2: usize,
  count: i32,
  to: usize,
  stride: usize,
): void {
  const to2 = to + 2 * stride;
  const to4 = to + 4 * stride;
  for (let at: usize = 0; at < bytes(count); at += 16) {
    const g0 = v128.load(row0 + at);
    const g1 = v128.load(row1 + at);
    const g2 = v128.load(row2 + at);
    const even = scaled(AT_NEAR, plus(g0, NEAR2, g2));
    const odd = scaled(NEAR * AT_NEAR, g1);
    const evenFar = scaled(AT_FAR, plus(g0, FAR2, g2));
    const oddFar = scaled(FAR * AT_FAR, g1);
    v128.store(to + at, scaled(AT_ZERO, g0));
    v128.store(to + stride + at, f32x4.add(even, odd));
    v128.store(to2 + at, f32x4.sub(even, odd));
    v128.store(to2 + stride + at, f32x4.add(evenFar, oddFar));
    v128.store(to4 + at, f32x4.sub(evenFar, oddFar));
    v128.store(to4 + stride + at, g2);
  }
}

/** The adjoint of `transformFilter`: six rows to three rows of a filter. */
export function transformFilterGradient(
  from: usize,
  stride: usize,
  count: i32,
  to: usize,
  toStride: usize,
): void {
  const from2 = from + 2 * stride;
  const from4 = from + 4 * stride;
  for (let at: usize = 0; at < bytes(count); at += 16) {
    const u1 = v128.load(from + stride + at);
    const u2 = v128.load(from2 + at);
    const u3 = v128.load(from2 + stride + at);
    const u4 = v128.load(from4 + at);
    const near = scaled(AT_NEAR, f32x4.add(u1, u2));
    const far = scaled(AT_FAR, f32x4.add(u3, u4));
    const nearOdd = scaled(NEAR * AT_NEAR, f32x4.sub(u1, u2));
    const farOdd = scaled(FAR * AT_FAR, f32x4.sub(u3, u4));
    v128.store(to + at, plus(f32x4.add(near, far), AT_ZERO, v128.load(from + at)));
    v128.store(to + toStride + at, f32x4.add(nearOdd, farOdd));
    const last = v128.load(from4 + stride + at);
    v128.store(to + 2 * toStride + at, plus(plus(last, NEAR2, near), FAR2, far));
  }
}
