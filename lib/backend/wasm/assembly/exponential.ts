import { multiplyAdd } from "./simd";

// Exponentials of four values at once, with about the precision of float32.

const LOG2_E: f32 = 1.4426950408889634;
/** ln 2 in two parts: products of the first with small whole numbers are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440054690583e-4;
/** Beyond these exp leaves the range of float32. */
const LOWEST: f32 = -87.3;
const HIGHEST: f32 = 88.0;

/** Added to a number below 2^22 it rounds it: the whole number then stands in the lowest bits. */
const ROUNDER: f32 = 12582912.0;

/**
 * exp(x) as 2^n exp(r) with |r| <= ln(2) / 2, where exp(r) is its Taylor polynomial of degree 6: the
 * first term left out is about 2^-23 at the ends. Not a number stays that.
 *
 * `pmin` and `pmax` are one instruction each where `min` and `max` are eight, and the bits of the
 * rounded n give the power of two without a conversion.
 */
@inline
export function exponential(x: v128): v128 {
  const inside = f32x4.pmin(f32x4.pmax(x, f32x4.splat(LOWEST)), f32x4.splat(HIGHEST));
  const rounded = multiplyAdd(inside, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  let r = multiplyAdd(n, f32x4.splat(-LN2_HIGH), inside);
  r = multiplyAdd(n, f32x4.splat(-LN2_LOW), r);
  let sum = multiplyAdd(f32x4.splat(1.0 / 720.0), r, f32x4.splat(1.0 / 120.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 24.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 6.0));
  sum = multiplyAdd(sum, r, f32x4.splat(0.5));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0));
  const exponent = i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(127 << 23));
  return f32x4.mul(sum, exponent);
}

/** exp(x), and 0 where the smallest power would stand in for it. */
@inline
export function exponentialOrZero(x: v128): v128 {
  return v128.and(exponential(x), f32x4.ge(x, f32x4.splat(LOWEST)));
}

/** 1 / (1 + exp(-x)). */
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** tanh(x) = 1 - 2 / (exp(2 x) + 1). */
@inline
export function hyperbolicTangent(x: v128): v128 {
  const one = f32x4.splat(1);
  const power = exponential(f32x4.add(x, x));
  return f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(power, one)));
}
