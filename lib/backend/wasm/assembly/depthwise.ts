import { slideOver, slides } from "./depthwise_slide";
import { endInside, firstInside, Geometry } from "./geometry";
import { bytes, multiplyAdd, zeros } from "./simd";

// Depthwise convolution: every channel has filters of its own, `outChannels / inChannels` of them.
// With one filter a channel, vectors run over the channels.

@inline
function multiplier(g: Geometry): i32 {
  return g.outChannels / g.inChannels;
}

/** y = depthwise convolution, for the images [begin, end). Filter [height, width, in, multiplier]. */
export function depthwise(
  x: usize,
  filter: usize,
  y: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<Geometry>(geometry);
  const inSize = bytes(g.inHeight * g.inWidth * g.inChannels);
  const outRow = bytes(g.outWidth * g.outChannels);
  let to = y + <usize> (begin * g.outHeight) * outRow;
  for (let image = begin; image < end; image++) {
    const from = x + <usize> image * inSize;
    for (let row = 0; row < g.outHeight; row++) {
      if (slides(g, row)) slideOver(g, from, filter, to, row);
      else if (multiplier(g) == 1) singleRow(g, from, filter, to, row);
      else multipleRow(g, from, filter, to, row);
      to += outRow;
    }
  }
}

/** One output row with one filter a channel. */
function singleRow(g: Geometry, image: usize, filter: usize, to: usize, row: i32): void {
  const channels = g.inChannels;
  const pixel = bytes(channels);
  const top = row * g.strideHeight - g.padTop;
  const rowBegin = firstInside(top, g.dilationHeight);
  const rowEnd = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight);
  const step = <usize> g.strideWidth * pixel;
  const reach = (g.filterWidth - 1) * g.dilationWidth;
  for (let column = 0; column < g.outWidth;) {
    const left = column * g.strideWidth - g.padLeft;
    const four = left >= 0 && column + 4 <= g.outWidth &&
      left + 3 * g.strideWidth + reach < g.inWidth;
    const columnBegin = firstInside(left, g.dilationWidth);
    const columnEnd = endInside(left, g.dilationWidth, g.filterWidth, g.inWidth);
    let channel = 0;
    for (; channel + 4 <= channels; channel += 4) {
      let sum0 = zeros(), sum1 = zeros(), sum2 = zeros(), sum3 = zeros();
      for (let r = rowBegin; r < rowEnd; r++) {
        let weight = filter + bytes((r * g.filterWidth + columnBegin) * channels + channel);
        let value = image + bytes(
          ((top + r * g.dilationHeight) * g.inWidth + left + columnBegin * g.dilationWidth) *
              channels + channel,
        );
        for (let c = columnBegin; c < columnEnd; c++) {
          const weights = v128.load(weight);
          sum0 = multiplyAdd(v128.load(value), weights, sum0);
          if (four) {
            sum1 = multiplyAdd(v128.load(value + step), weights, sum1);
            sum2 = multiplyAdd(v128.load(value + 2 * step), weights, sum2);
            sum3 = multiplyAdd(v128.load(value + 3 * step), weights, sum3);
          }
          weight += pixel;
          value += <usize> g.dilationWidth * pixel;
        }
      }
      v128.store(to + bytes(channel), sum0);
      if (four) {
        v128.store(to + pixel + bytes(channel), sum1);
        v128.store(to + 2 * pixel + bytes(channel), sum2);
        v128.store(to + 3 * pixel + bytes(channel), sum3);
      }
    }
    const count = four ? 4 : 1;
    for (; channel < channels; channel++) {
      for (let index = 0; index < count; index++) {
        let sum: f32 = 0;
        for (let r = rowBegin; r < rowEnd; r++) {
          for (let c = columnBegin; c < columnEnd; c++) {
            const cell = (top + r * g.dilationHeight) * g.inWidth + left +
              index * g.strideWidth + c * g.dilationWidth;
            sum += load<f32>(image + bytes(cell * channels + channel)) *
              load<f32>(filter + bytes((r * g.filterWidth + c) * channels + channel));
          }
        }
        store<f32>(to + <usize> index * pixel + bytes(channel), sum);
      }
    }
    to += <usize> count * pixel;
    column += count;
  }
}

/** One output row with several filters a channel. */
function multipleRow(g: Geometry, image: usize, filter: usize, to: usize, row: i32): void {
  const many = multiplier(g);
  const top = row * g.strideHeight - g.padTop;
  const rowEnd = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight);
  for (let column = 0; column < g.outWidth; column++) {
    const left = column * g.strideWidth - g.padLeft;
    const columnEnd = endInside(left, g.dilationWidth, g.filterWidth, g.inWidth);
    memory.fill(to, 0, bytes(g.outChannels));
    for (let r = firstInside(top, g.dilationHeight); r < rowEnd; r++) {
      for (let c = firstInside(left, g.dilationWidth); c < columnEnd; c++) {
        const cell = (top + r * g.dilationHeight) * g.inWidth + left + c * g.dilationWidth;
        const values = image + bytes(cell * g.inChannels);
        const weights = filter + bytes((r * g.filterWidth + c) * g.outChannels);
        for (let out = 0; out < g.outChannels; out++) {
          const at = to + bytes(out);
          const value = load<f32>(values + bytes(out / many));
          store<f32>(at, load<f32>(at) + value * load<f32>(weights + bytes(out)));
        }
      }
    }
    to += bytes(g.outChannels);
  }
}

/** dx = gradient with respect to the input, for the images [begin, end). */
export function depthwiseInput(
  dy: usize,
  filter: usize,
  dx: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<Geometry>(geometry);
  const inSize = bytes(g.inHeight * g.inWidth * g.inChannels);
  const many = multiplier(g);
  memory.fill(dx + <usize> begin * inSize, 0, <usize> (end - begin) * inSize);
  let gradient = dy + bytes(begin * g.outHeight * g.outWidth * g.outChannels);
  for (let image = begin; image < end; image++) {
    const to = dx + <usize> image * inSize;
    for (let row = 0; row < g.outHeight; row++) {
      const top = row * g.strideHeight - g.padTop;
      const rowBegin = firstInside(top, g.dilationHeight);
      const rowEnd = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight);
      for (let column = 0; column < g.outWidth; column++) {
        const left = column * g.strideWidth - g.padLeft;
        const columnBegin = firstInside(left, g.dilationWidth);
        const columnEnd = endInside(left, g.dilationWidth, g.filterWidth, g.inWidth);
        for (let r = rowBegin; r < rowEnd; r++) {
          for (let c = columnBegin; c < columnEnd; c++) {
            const cell = (top + r * g.dilationHeight) * g.inWidth + left + c * g.dilationWidth;
            const weights = filter + bytes((r * g.filterWidth + c) * g.outChannels);
            addProducts(to + bytes(cell * g.inChannels), gradient, weights, g.inChannels, many);
          }
        }
        gradient += bytes(g.outChannels);
      }
    }
  }
}

/** to[channel] += sum over the filters of a channel of a * b. */

@inline
function addProducts(to: usize, a: usize, b: usize, channels: i32, many: i32): void {
  let channel = 0;
  if (many == 1) {
    for (; channel + 4 <= channels; channel += 4) {
      const at = bytes(channel);
      v128.store(to + at, multiplyAdd(v128.load(a + at), v128.load(b + at), v128.load(to + at)));
    }
  }
  for (; channel < channels; channel++) {
    let sum = load<f32>(to + bytes(channel));
    for (let index = channel * many; index < (channel + 1) * many; index++) {
      sum += load<f32>(a + bytes(index)) * load<f32>(b + bytes(index));
    }
    store<f32>(to + bytes(channel), sum);
  }
}

/** df = gradient with respect to the filter, summed over the images [begin, end). */
export function depthwiseFilter(
  x: usize,
  dy: usize,
  df: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<Geometry>(geometry);
  const inSize = bytes(g.inHeight * g.inWidth * g.inChannels);
  const outRow = bytes(g.outWidth * g.outChannels);
  memory.fill(df, 0, bytes(g.filterHeight * g.filterWidth * g.outChannels));
  let gradient = dy + <usize> (begin * g.outHeight) * outRow;
  for (let image = begin; image < end; image++) {
    const from = x + <usize> image * inSize;
    for (let row = 0; row < g.outHeight; row++) {
      const top = row * g.strideHeight - g.padTop;
      const rowEnd = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight);
      for (let r = firstInside(top, g.dilationHeight); r < rowEnd; r++) {
        const line = from + bytes((top + r * g.dilationHeight) * g.inWidth * g.inChannels);
        for (let c = 0; c < g.filterWidth; c++) {
          const to = df + bytes((r * g.filterWidth + c) * g.outChannels);
          filterCell(g, line, gradient, c * g.dilationWidth - g.padLeft, to);
        }
      }
      gradient += outRow;
    }
  }
}

/** Adds what one output row gives to one filter cell; `shift` is its place at output column 0. */
function filterCell(g: Geometry, line: usize, gradient: usize, shift: i32, to: usize): void {
  const stride = g.strideWidth;
  const first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  const last = shift >= g.inWidth ? 0 : min(g.outWidth, (g.inWidth - 1 - shift) / stride + 1);
  const many = multiplier(g);
  const valueStep = bytes(stride * g.inChannels);
  const gradientStep = bytes(g.outChannels);
  const values = line + bytes((shift + first * stride) * g.inChannels);
  const gradients = gradient + <usize> first * gradientStep;
  let out = 0;
  if (many == 1) {
    for (; out + 4 <= g.outChannels; out += 4) {
      let value = values + bytes(out);
      let slope = gradients + bytes(out);
      let sum0 = v128.load(to + bytes(out)), sum1 = zeros();
      let column = first;
      for (; column + 2 <= last; column += 2) {
        sum0 = multiplyAdd(v128.load(value), v128.load(slope), sum0);
        sum1 = multiplyAdd(v128.load(value + valueStep), v128.load(slope + gradientStep), sum1);
        value += 2 * valueStep;
        slope += 2 * gradientStep;
      }
      if (column < last) sum0 = multiplyAdd(v128.load(value), v128.load(slope), sum0);
      v128.store(to + bytes(out), f32x4.add(sum0, sum1));
    }
  }
  for (; out < g.outChannels; out++) {
    let value = values + bytes(out / many);
    let slope = gradients + bytes(out);
    let sum = load<f32>(to + bytes(out));
    for (let column = first; column < last; column++) {
      sum += load<f32>(value) * load<f32>(slope);
      value += valueStep;
      slope += gradientStep;
    }
    store<f32>(to + bytes(out), sum);
  }
}

/** Turns each channel's filter by half a turn: for the input gradient with stride 1. */
export function flipDepthwiseFilter(filter: usize, cells: i32, channels: i32, to: usize): void {
  for (let cell = 0; cell < cells; cell++) {
    const from = filter + bytes((cells - 1 - cell) * channels);
    memory.copy(to + bytes(cell * channels), from, bytes(channels));
  }
}
