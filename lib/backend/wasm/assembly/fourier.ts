import { bytes } from "./simd";

// Discrete Fourier transforms of rows of complex numbers, each a real and an imaginary float32.

/**
 * to = transform of each row of `length` numbers, for the rows [begin, end). `roots` holds the powers
 * 0 to length - 1 of the root of unity, which make it forward or backward.
 *
 * The length is cut into an odd part and a power of two (Cooley and Tukey 1965): first the sums of
 * every odd-length subsequence, in the order of reversed bits, then one pass for each factor of two.
 */
export function fourier(
  from: usize,
  to: usize,
  roots: usize,
  length: i32,
  begin: i32,
  end: i32,
): void {
  const factors = ctz(length);
  const odd = length >> factors;
  const parts = 1 << factors;
  for (let row = begin; row < end; row++) {
    const source = from + bytes(2 * row * length);
    const target = to + bytes(2 * row * length);
    for (let part = 0; part < parts; part++) {
      const first = source + bytes(2 * reverseBits(part, factors));
      sumPart(first, parts, odd, length, roots, target + bytes(2 * part * odd));
    }
    for (let half = odd; half < length; half *= 2) combineHalves(target, half, length, roots);
  }
}

function reverseBits(value: i32, count: i32): i32 {
  let reversed = 0;
  for (let bit = 0; bit < count; bit++) reversed |= (value >> bit & 1) << (count - 1 - bit);
  return reversed;
}

/** The transform of `count` numbers that lie `step` numbers apart. */
function sumPart(from: usize, step: i32, count: i32, length: i32, roots: usize, to: usize): void {
  for (let frequency = 0; frequency < count; frequency++) {
    let real: f32 = 0;
    let imaginary: f32 = 0;
    let power = 0;
    for (let index = 0; index < count; index++) {
      const x = from + bytes(2 * index * step);
      const root = roots + bytes(2 * power);
      real += load<f32>(x) * load<f32>(root) - load<f32>(x, 4) * load<f32>(root, 4);
      imaginary += load<f32>(x) * load<f32>(root, 4) + load<f32>(x, 4) * load<f32>(root);
      power += frequency * step;
      if (power >= length) power %= length;
    }
    store<f32>(to + bytes(2 * frequency), real);
    store<f32>(to + bytes(2 * frequency), imaginary, 4);
  }
}

/** Joins neighbouring transforms of `half` numbers to transforms of twice as many. */
function combineHalves(values: usize, half: i32, length: i32, roots: usize): void {
  const step = length / (2 * half);
  for (let block = 0; block < length; block += 2 * half) {
    for (let index = 0; index < half; index++) {
      const left = values + bytes(2 * (block + index));
      const right = left + bytes(2 * half);
      const root = roots + bytes(2 * index * step);
      const real = load<f32>(right) * load<f32>(root) - load<f32>(right, 4) * load<f32>(root, 4);
      const imaginary = load<f32>(right) * load<f32>(root, 4) + load<f32>(right, 4) * load<f32>(root);
      const leftReal = load<f32>(left);
      const leftImaginary = load<f32>(left, 4);
      store<f32>(left, leftReal + real);
      store<f32>(left, leftImaginary + imaginary, 4);
      store<f32>(right, leftReal - real);
      store<f32>(right, leftImaginary - imaginary, 4);
    }
  }
}

/** to[index] = every second value. */
export function everySecond(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++) {
    store<f32>(to + bytes(index), load<f32>(from + bytes(2 * index)));
  }
}

/** Real and imaginary parts, one after the other, number by number. */
export function interleave(real: usize, imaginary: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++) {
    store<f32>(to + bytes(2 * index), load<f32>(real + bytes(index)));
    store<f32>(to + bytes(2 * index), load<f32>(imaginary + bytes(index)), 4);
  }
}

/** to = the absolute values of complex numbers. */
export function magnitudes(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++) {
    const real = <f64> load<f32>(from + bytes(2 * index));
    const imaginary = <f64> load<f32>(from + bytes(2 * index), 4);
    store<f32>(to + bytes(index), <f32> sqrt<f64>(real * real + imaginary * imaginary));
  }
}
