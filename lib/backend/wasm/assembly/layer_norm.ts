import { bytes, innerProduct, multiplyAdd, sumLanes, zeros } from "./simd";

// Layer normalisation, row by row, with its gradients.

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
