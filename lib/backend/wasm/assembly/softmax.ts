import { exponentialOrZero } from "./exponential";
import { bytes, innerProduct, multiplyBy, sumLanes, zeros } from "./simd";

// Softmax and its cross-entropy, row by row, with their gradients.

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

/**
 * to = softmax(scale x), row by row, for the rows [begin, end); the scale, above 0, is where
 * `settings` points. With `steps` above 0, row r sees only its columns 0 to r % steps (a causal mask);
 * the others become 0.
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
    multiplyBy(target, <f32> 1 / sum, seen);
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
    multiplyBy(target, <f32> 1 / sum, columns);
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
    multiplyBy(dx + start, load<f32>(dy + bytes(row)), columns);
  }
}
