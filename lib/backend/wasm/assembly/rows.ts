import { exponential } from "./exponential";
import { bytes, multiplyAdd, zeros } from "./simd";

// Functions of whole rows: softmax, cross-entropy and layer normalisation, with their gradients.

/** Below this exp is zero in float32. */
const LOWEST: f32 = -87.3;

@inline
function sumLanes(sums: v128): f32 {
  return (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

@inline
function maximumOf(from: usize, count: i32): f32 {
  let most = f32x4.splat(load<f32>(from));
  let index = 0;
  for (; index + 4 <= count; index += 4) most = f32x4.pmax(most, v128.load(from + bytes(index)));
  let value = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; index < count; index++) value = max(value, load<f32>(from + bytes(index)));
  return value;
}

@inline
function exponentialOrZero(x: v128): v128 {
  return v128.and(exponential(x), f32x4.ge(x, f32x4.splat(LOWEST)));
}

/** to = exp(scale (x - most)); returns the sum. */
@inline
function exponentials(x: usize, count: i32, most: f32, scale: f32, to: usize): f32 {
  const mosts = f32x4.splat(most);
  const scales = f32x4.splat(scale);
  let sums = zeros();
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    const value = exponentialOrZero(f32x4.mul(f32x4.sub(v128.load(x + at), mosts), scales));
    v128.store(to + at, value);
    sums = f32x4.add(sums, value);
  }
  let sum = sumLanes(sums);
  for (; index < count; index++) {
    const at = bytes(index);
    const shifted = f32x4.splat((load<f32>(x + at) - most) * scale);
    const value = f32x4.extract_lane(exponentialOrZero(shifted), 0);
    store<f32>(to + at, value);
    sum += value;
  }
  return sum;
}

@inline
function scaleRow(values: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = values + bytes(index);
    v128.store(at, f32x4.mul(v128.load(at), factors));
  }
  for (; index < count; index++) {
    const at = values + bytes(index);
    store<f32>(at, load<f32>(at) * factor);
  }
}

@inline
function innerProduct(a: usize, b: usize, count: i32): f32 {
  let sums = zeros();
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    sums = multiplyAdd(v128.load(a + at), v128.load(b + at), sums);
  }
  let sum = sumLanes(sums);
  for (; index < count; index++) {
    const at = bytes(index);
    sum += load<f32>(a + at) * load<f32>(b + at);
  }
  return sum;
}

/**
 * to = softmax(scale x), row by row, for the rows [begin, end); the scale, above 0, is where
 * `settings` points. With `steps` above 0, row r sees only its columns 0 to r % steps (a causal mask); the others become 0.
 */
export function softmax(
  x: usize,
  begin: i32,
  end: i32,
  columns: i32,
  settings: usize,
  steps: i32,
  to: usize,
): void {
  const scale = load<f32>(settings);
  for (let row = begin; row < end; row++) {
    const from = x + bytes(row * columns);
    const target = to + bytes(row * columns);
    const seen = steps > 0 ? min(columns, row % steps + 1) : columns;
    const most = maximumOf(from, seen);
    const sum = exponentials(from, seen, most, scale, target);
    scaleRow(target, seen, <f32> 1 / sum);
    if (seen < columns) memory.fill(target + bytes(seen), 0, bytes(columns - seen));
  }
}

/** dx = scale y (dy - sum of y dy in the row), for the rows [begin, end); settings as above. */
export function softmaxGradient(
  y: usize,
  dy: usize,
  begin: i32,
  end: i32,
  columns: i32,
  settings: usize,
  dx: usize,
): void {
  const scale = load<f32>(settings);
  const scales = f32x4.splat(scale);
  for (let row = begin; row < end; row++) {
    const start = bytes(row * columns);
    const inner = innerProduct(y + start, dy + start, columns);
    const inners = f32x4.splat(inner);
    let index = 0;
    for (; index + 4 <= columns; index += 4) {
      const at = start + bytes(index);
      const slope = f32x4.sub(v128.load(dy + at), inners);
      v128.store(dx + at, f32x4.mul(f32x4.mul(v128.load(y + at), scales), slope));
    }
    for (; index < columns; index++) {
      const at = start + bytes(index);
      store<f32>(dx + at, load<f32>(y + at) * scale * (load<f32>(dy + at) - inner));
    }
  }
}

/**
 * losses = -log softmax(x)[label], shares = softmax(x), for the rows [begin, end). Labels are int32;
 * a row whose label is none of the columns has the loss 0.
 */
export function crossEntropy(
  x: usize,
  labels: usize,
  begin: i32,
  end: i32,
  columns: i32,
  losses: usize,
  shares: usize,
): void {
  for (let row = begin; row < end; row++) {
    const from = x + bytes(row * columns);
    const target = shares + bytes(row * columns);
    const most = maximumOf(from, columns);
    const sum = exponentials(from, columns, most, 1, target);
    scaleRow(target, columns, <f32> 1 / sum);
    const label = load<i32>(labels + bytes(row));
    let loss: f32 = 0;
    if (label >= 0 && label < columns) {
      loss = <f32> Math.log(<f64> sum) + (most - load<f32>(from + bytes(label)));
    }
    store<f32>(losses + bytes(row), loss);
  }
}

/** dx = dy (shares - 1 at the label), for the rows [begin, end). */
export function crossEntropyGradient(
  shares: usize,
  labels: usize,
  dy: usize,
  begin: i32,
  end: i32,
  columns: i32,
  dx: usize,
): void {
  for (let row = begin; row < end; row++) {
    const start = bytes(row * columns);
    const label = load<i32>(labels + bytes(row));
    if (label < 0 || label >= columns) {
      memory.fill(dx + start, 0, bytes(columns));
      continue;
    }
    memory.copy(dx + start, shares + start, bytes(columns));
    const at = dx + start + bytes(label);
    store<f32>(at, load<f32>(at) - 1);
    scaleRow(dx + start, columns, load<f32>(dy + bytes(row)));
  }
}

/**
 * y = normal scale + offset with normal = (x - mean) / sqrt(variance + epsilon), row by row, for the
 * rows [begin, end); epsilon is where `settings` points. Keeps `normal` and, in `factors`, one over the
 * root.
 */
export function layerNorm(
  x: usize,
  scale: usize,
  offset: usize,
  begin: i32,
  end: i32,
  columns: i32,
  settings: usize,
  y: usize,
  normal: usize,
  factors: usize,
): void {
  const epsilon = load<f32>(settings);
  for (let row = begin; row < end; row++) {
    const start = bytes(row * columns);
    const from = x + start;
    const to = normal + start;
    let sums = zeros();
    let index = 0;
    for (; index + 4 <= columns; index += 4) sums = f32x4.add(sums, v128.load(from + bytes(index)));
    let sum = sumLanes(sums);
    for (; index < columns; index++) sum += load<f32>(from + bytes(index));
    const mean = sum / <f32> columns;
    const means = f32x4.splat(mean);
    for (index = 0; index + 4 <= columns; index += 4) {
      const at = bytes(index);
      v128.store(to + at, f32x4.sub(v128.load(from + at), means));
    }
    for (; index < columns; index++) {
      store<f32>(to + bytes(index), load<f32>(from + bytes(index)) - mean);
    }
    const factor: f32 = <f32> 1 / sqrt<f32>(innerProduct(to, to, columns) / <f32> columns + epsilon);
    store<f32>(factors + bytes(row), factor);
    const multiples = f32x4.splat(factor);
    const target = y + start;
    for (index = 0; index + 4 <= columns; index += 4) {
      const at = bytes(index);
      const value = f32x4.mul(v128.load(to + at), multiples);
      v128.store(to + at, value);
      v128.store(target + at, multiplyAdd(value, v128.load(scale + at), v128.load(offset + at)));
    }
    for (; index < columns; index++) {
      const at = bytes(index);
      const value = load<f32>(to + at) * factor;
      store<f32>(to + at, value);
      store<f32>(target + at, value * load<f32>(scale + at) + load<f32>(offset + at));
    }
  }
}

/**
 * The gradients of `layerNorm`, for the rows [begin, end): with g = dy scale,
 * dx = factor (g - mean(g) - normal mean(g normal)), and `products` = dy normal, whose sum over the
 * rows is the gradient of the scale.
 */
export function layerNormGradient(
  dy: usize,
  scale: usize,
  normal: usize,
  factors: usize,
  begin: i32,
  end: i32,
  columns: i32,
  dx: usize,
  products: usize,
): void {
  for (let row = begin; row < end; row++) {
    const start = bytes(row * columns);
    let sums = zeros();
    let inners = zeros();
    let index = 0;
    for (; index + 4 <= columns; index += 4) {
      const at = start + bytes(index);
      const slope = v128.load(dy + at);
      const value = v128.load(normal + at);
      const scaled = f32x4.mul(slope, v128.load(scale + bytes(index)));
      v128.store(products + at, f32x4.mul(slope, value));
      sums = f32x4.add(sums, scaled);
      inners = multiplyAdd(scaled, value, inners);
    }
    let sum = sumLanes(sums);
    let inner = sumLanes(inners);
    for (; index < columns; index++) {
      const at = start + bytes(index);
      const slope = load<f32>(dy + at);
      const value = load<f32>(normal + at);
      const scaled = slope * load<f32>(scale + bytes(index));
      store<f32>(products + at, slope * value);
      sum += scaled;
      inner += scaled * value;
    }
    const factor = load<f32>(factors + bytes(row));
    const mean = sum / <f32> columns;
    const share = inner / <f32> columns;
    const multiples = f32x4.splat(factor);
    const means = f32x4.splat(mean);
    const shares = f32x4.splat(share);
    for (index = 0; index + 4 <= columns; index += 4) {
      const at = start + bytes(index);
      const scaled = f32x4.mul(v128.load(dy + at), v128.load(scale + bytes(index)));
      const rest = f32x4.sub(f32x4.sub(scaled, means), f32x4.mul(v128.load(normal + at), shares));
      v128.store(dx + at, f32x4.mul(rest, multiples));
    }
    for (; index < columns; index++) {
      const at = start + bytes(index);
      const scaled = load<f32>(dy + at) * load<f32>(scale + bytes(index));
      store<f32>(dx + at, factor * (scaled - mean - load<f32>(normal + at) * share));
    }
  }
}
