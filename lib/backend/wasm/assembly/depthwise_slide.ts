import { Geometry } from "./geometry";
import { bytes, multiplyAdd, zeros } from "./simd";

/**
 * Whether `slideOver` computes an output row of a depthwise convolution: with one filter of 3 x 3 a
 * channel that moves on by one and sees three rows of the image.
 */
export function slides(g: Geometry, row: i32): bool {
  const top = row * g.strideHeight - g.padTop;
  return g.filterWidth == 3 && g.strideWidth == 1 && g.dilationWidth == 1 &&
    g.filterHeight == 3 && g.dilationHeight == 1 && g.outChannels == g.inChannels &&
    g.inChannels % 4 == 0 && top >= 0 && top + 3 <= g.inHeight &&
    g.padLeft >= 0 && g.padLeft <= 2;
}

/**
 * One output row with all weights in registers: each pixel column is read once and goes into the
 * sums of three output columns.
 */
export function slideOver(g: Geometry, image: usize, filter: usize, to: usize, row: i32): void {
  const pixel = bytes(g.inChannels);
  const line = <usize> g.inWidth * pixel;
  const top = image + <usize> (row * g.strideHeight - g.padTop) * line;
  for (let at: usize = 0; at < pixel; at += 16) {
    const weight = filter + at;
    const w00 = v128.load(weight), w01 = v128.load(weight + pixel);
    const w02 = v128.load(weight + 2 * pixel), w10 = v128.load(weight + 3 * pixel);
    const w11 = v128.load(weight + 4 * pixel), w12 = v128.load(weight + 5 * pixel);
    const w20 = v128.load(weight + 6 * pixel), w21 = v128.load(weight + 7 * pixel);
    const w22 = v128.load(weight + 8 * pixel);
    let from = top + at;
    let target = to + at;
    // Sums of the output columns that the next two pixel columns complete.
    let next = zeros(), last = zeros();
    let out = g.padLeft - 2;
    for (let column = 0; column < g.inWidth && out < g.outWidth; column++) {
      let value = v128.load(from);
      let sum = multiplyAdd(value, w02, next);
      next = multiplyAdd(value, w01, last);
      last = f32x4.mul(value, w00);
      value = v128.load(from + line);
      sum = multiplyAdd(value, w12, sum);
      next = multiplyAdd(value, w11, next);
      last = multiplyAdd(value, w10, last);
      value = v128.load(from + 2 * line);
      sum = multiplyAdd(value, w22, sum);
      next = multiplyAdd(value, w21, next);
      last = multiplyAdd(value, w20, last);
      if (out >= 0) {
        v128.store(target, sum);
        target += pixel;
      }
      from += pixel;
      out++;
    }
    for (; out < g.outWidth; out++) {
      if (out >= 0) {
        v128.store(target, next);
        target += pixel;
      }
      next = last;
      last = zeros();
    }
  }
}
