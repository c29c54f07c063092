import { multiplyAdd } from "./simd";

// Exponentials of four values at once, with about the precision of float32.

const LOG2_E: f32 = 1.4426950408889634;
/** ln 2 in two parts: products of the first with small whole numbers are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440054690583e-4;
/** Beyond these exp leaves the range of float32. */
const LOWEST: f32 = -87.3;
const HIGHEST: f32 = 88.0;

/**
 * exp(x) as 2^n exp(r) with |r| <= ln(2) / 2, where exp(r) is its Taylor polynomial of degree 7:
 * the first term left out is below 2^-27 there.
 */
@inline
export function exponential(x: v128): v128 {
  const inside = f32x4.min(f32x4.max(x, f32x4.splat(LOWEST)), f32x4.splat(HIGHEST));
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(LOG2_E)));
  const high = f32x4.sub(inside, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let sum = f32x4.splat(1.0 / 5040.0);
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 720.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 120.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 24.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 6.0));
  sum = multiplyAdd(sum, r, f32x4.splat(0.5));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(sum, exponent);
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
