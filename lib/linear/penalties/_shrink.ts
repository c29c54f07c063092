/** Soft threshold of every entry: the proximal operator of `threshold Σ |v|`. */
export function shrinkEntries(v: Float64Array, threshold: number, length = v.length): void {
  for (let i = 0; i < length; i++) {
    const size = Math.abs(v[i]) - threshold;
    v[i] = size > 0 ? Math.sign(v[i]) * size : 0;
  }
}

/** Euclidean length of every feature's coefficients over all columns, `[features]`. */
export function featureNorms(w: Float64Array, features: number): Float64Array {
  const norms = new Float64Array(features);
  for (let start = 0; start < w.length; start += features) {
    for (let j = 0; j < features; j++) norms[j] += w[start + j] * w[start + j];
  }
  for (let j = 0; j < features; j++) norms[j] = Math.sqrt(norms[j]);
  return norms;
}

/** Multiplies feature `j` of every column by `factors[j]`. */
export function scaleFeatures(w: Float64Array, factors: Float64Array): void {
  const features = factors.length;
  for (let start = 0; start < w.length; start += features) {
    for (let j = 0; j < features; j++) w[start + j] *= factors[j];
  }
}

/** `(1 - threshold / length)₊`, 0 for length 0: how a group of that length shrinks. */
export function groupFactor(length: number, threshold: number): number {
  return length > threshold ? 1 - threshold / length : 0;
}

/**
 * The level τ at which `Σ (v - τ)₊ = total` for numbers that are not negative: what a projection on
 * the simplex takes off (Held, Wolfe, Crowder 1974). `total` must be below the sum of `v`.
 */
export function simplexLevel(v: ArrayLike<number>, total: number): number {
  const falling = Float64Array.from(v).sort().reverse();
  let sum = 0;
  for (let count = 1; count <= falling.length; count++) {
    sum += falling[count - 1];
    const level = (sum - total) / count;
    if (count === falling.length || level >= falling[count]) return level;
  }
  return 0;
}

/**
 * Replaces `v` by `argmin_x ½ ‖x - v‖² + strength Σ |x_{i+1} - x_i|` in linear time.
 *
 * Dynamic programming of Johnson (2013): the derivative of the best cost of a prefix, as a function
 * of its last value, is piecewise linear; clipping it to ±strength gives two break points an entry,
 * and the solution clips backwards between them.
 */
export function shrinkDifferences(v: Float64Array, strength: number): void {
  const count = v.length;
  if (count < 2 || strength === 0) return;
  // The derivative from left to right: slope and offset at the far left and far right, and at each
  // knot between `head` and `tail` the change of slope and offset when it is crossed rightwards.
  const knots = new Float64Array(2 * count);
  const slopes = new Float64Array(2 * count);
  const offsets = new Float64Array(2 * count);
  const lower = new Float64Array(count - 1);
  const upper = new Float64Array(count - 1);
  let head = count, tail = count - 1;
  let leftSlope = 1, leftOffset = -v[0], rightSlope = 1, rightOffset = -v[0];
  for (let i = 0; i + 1 < count; i++) {
    let slope = leftSlope, offset = leftOffset;
    while (head <= tail && slope * knots[head] + offset <= -strength) {
      slope += slopes[head];
      offset += offsets[head];
      head++;
    }
    lower[i] = (-strength - offset) / slope;
    const lowerSlope = slope, lowerOffset = offset;
    slope = rightSlope;
    offset = rightOffset;
    while (head <= tail && slope * knots[tail] + offset >= strength) {
      slope -= slopes[tail];
      offset -= offsets[tail];
      tail--;
    }
    upper[i] = (strength - offset) / slope;
    head--;
    knots[head] = lower[i];
    slopes[head] = lowerSlope;
    offsets[head] = lowerOffset + strength;
    tail++;
    knots[tail] = upper[i];
    slopes[tail] = -slope;
    offsets[tail] = strength - offset;
    leftSlope = rightSlope = 1;
    leftOffset = -strength - v[i + 1];
    rightOffset = strength - v[i + 1];
  }
  let slope = leftSlope, offset = leftOffset;
  while (head <= tail && slope * knots[head] + offset <= 0) {
    slope += slopes[head];
    offset += offsets[head];
    head++;
  }
  v[count - 1] = -offset / slope;
  for (let i = count - 2; i >= 0; i--) v[i] = Math.min(upper[i], Math.max(lower[i], v[i + 1]));
}
