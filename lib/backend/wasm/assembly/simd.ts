// Words shared by all kernels. A vector is four float32 lanes.

/** Bytes in a vector. */
export const VECTOR: usize = 16;

/** Four zeros. */

@inline
export function zeros(): v128 {
  return f32x4.splat(0);
}

/** a * b + c, with one rounding where the machine has it (relaxed SIMD), else with two. */

@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Bytes of `count` float32 or int32 values. */

@inline
export function bytes(count: i32): usize {
  return <usize> count << 2;
}

/** `count` rounded up to a multiple of four. */

@inline
export function roundUp4(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Copies `count` values. */

@inline
export function copy(to: usize, from: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    v128.store(to + bytes(index), v128.load(from + bytes(index)));
  }
  for (; index < count; index++) store<f32>(to + bytes(index), load<f32>(from + bytes(index)));
}

/** to += from, over `count` values. */

@inline
export function addTo(to: usize, from: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  }
  for (; index < count; index++) {
    const at = bytes(index);
    store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}

/** to += from * scale, over `count` values. */
@inline
export function addScaled(to: usize, from: usize, scale: f32, count: i32): void {
  const scales = f32x4.splat(scale);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(from + at), scales)));
  }
  for (; index < count; index++) {
    const at = bytes(index);
    store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at) * scale);
  }
}

/** values *= factor, over `count` values. */

@inline
export function multiplyBy(values: usize, factor: f32, count: i32): void {
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

/** The sum of the four lanes. */

@inline
export function sumLanes(sums: v128): f32 {
  return (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

/** The sum of a * b, over `count` values. */

@inline
export function innerProduct(a: usize, b: usize, count: i32): f32 {
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

/** Stores the transpose of a 4 x 4 block: rows `fromStride` bytes apart to rows `toStride` apart. */

@inline
export function transpose4x4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const row0 = v128.load(from);
  const row1 = v128.load(from + fromStride);
  const row2 = v128.load(from + 2 * fromStride);
  const row3 = v128.load(from + 3 * fromStride);
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
