import { bytes } from "./simd";

// raw * scale + offset of each number, in float64 and rounded once to float32, as JavaScript computes
// it: all backends make the same batches.

/** Turns `count` bytes at `from` into float32 at `to`. */
export function scaleBytes(from: usize, to: usize, count: i32, scale: f64, offset: f64): void {
  const high = topOf(scale);
  const low = <f32> (scale - <f64> high);
  let index = 0;
  if (offset == 0 && sumIsExact(scale, high, low)) {
    const highs = f32x4.splat(high);
    const lows = f32x4.splat(low);
    for (; index + 16 <= count; index += 16) {
      const raw = v128.load(from + <usize> index);
      const first = i16x8.extend_low_i8x16_u(raw);
      const second = i16x8.extend_high_i8x16_u(raw);
      const place = to + bytes(index);
      v128.store(place, summed(i32x4.extend_low_i16x8_u(first), highs, lows));
      v128.store(place, summed(i32x4.extend_high_i16x8_u(first), highs, lows), 16);
      v128.store(place, summed(i32x4.extend_low_i16x8_u(second), highs, lows), 32);
      v128.store(place, summed(i32x4.extend_high_i16x8_u(second), highs, lows), 48);
    }
  }
  for (; index + 4 <= count; index += 4) {
    const raw = i16x8.extend_low_i8x16_u(v128.load32_zero(from + <usize> index));
    v128.store(to + bytes(index), scaled(i32x4.extend_low_i16x8_u(raw), scale, offset));
  }
  for (; index < count; index++) {
    const raw = <f64> load<u8>(from + <usize> index);
    store<f32>(to + bytes(index), <f32> (raw * scale + offset));
  }
}

// Float32 does half the work of float64. A byte times a number of 16 bits is exact in float32, and
// so is the sum of it and of the byte times the rest, but for a rounding that seldom matters: whether
// it does is looked up for all bytes.

/** The upper 16 bits of the fraction of a number. */

@inline
function topOf(scale: f64): f32 {
  return reinterpret<f32>(reinterpret<u32>(<f32> scale) & 0xffffff00);
}

/** Whether byte * high + byte * low in float32 is byte * scale for every byte. */
function sumIsExact(scale: f64, high: f32, low: f32): bool {
  for (let byte = 0; byte < 256; byte++) {
    const sum = <f32> byte * high + <f32> byte * low;
    if (sum != <f32> (<f64> byte * scale)) return false;
  }
  return true;
}

/** Four int32 as float32, times high + low. */

@inline
function summed(raw: v128, highs: v128, lows: v128): v128 {
  const values = f32x4.convert_i32x4_s(raw);
  return f32x4.add(f32x4.mul(values, highs), f32x4.mul(values, lows));
}

/** Turns `count` int32 into float32, in place. */
export function scaleIntegers(values: usize, count: i32, scale: f64, offset: f64): void {
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const place = values + bytes(index);
    v128.store(place, scaled(v128.load(place), scale, offset));
  }
  for (; index < count; index++) {
    const place = values + bytes(index);
    store<f32>(place, <f32> (<f64> load<i32>(place) * scale + offset));
  }
}

/** Scales `count` float32, in place. */
export function scaleFloats(values: usize, count: i32, scale: f64, offset: f64): void {
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const place = values + bytes(index);
    const raw = v128.load(place);
    const low = f64x2.promote_low_f32x4(raw);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(raw, raw, 2, 3, 2, 3));
    v128.store(place, rounded(low, high, scale, offset));
  }
  for (; index < count; index++) {
    const place = values + bytes(index);
    store<f32>(place, <f32> (<f64> load<f32>(place) * scale + offset));
  }
}

/** Four int32 as float32. */

@inline
function scaled(raw: v128, scale: f64, offset: f64): v128 {
  const low = f64x2.convert_low_i32x4_s(raw);
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(raw, raw, 2, 3, 2, 3));
  return rounded(low, high, scale, offset);
}

/** Two pairs of float64 as four float32. */

@inline
function rounded(low: v128, high: v128, scale: f64, offset: f64): v128 {
  const scales = f64x2.splat(scale);
  const offsets = f64x2.splat(offset);
  const first = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(low, scales), offsets));
  const second = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(high, scales), offsets));
  return v128.shuffle<f32>(first, second, 0, 1, 4, 5);
}
