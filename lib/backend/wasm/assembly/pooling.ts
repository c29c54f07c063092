import { endInside, firstInside, Geometry } from "./geometry";
import { addScaled, bytes } from "./simd";

/** The part of a window that lies inside the image: its first cell, and its rows and columns. */
@unmanaged
class Window {
  start: usize;
  rows: i32;
  columns: i32;
}

/** Bytes of scratch that the pooling functions need. */
export const POOL_SCRATCH: usize = 16;

/** Finds the window of output pixel (outRow, outColumn) in the image at `image`. */

@inline
function placeWindow(g: Geometry, window: Window, image: usize, outRow: i32, outColumn: i32): void {
  const top = outRow * g.strideHeight - g.padTop;
  const left = outColumn * g.strideWidth - g.padLeft;
  const firstRow = firstInside(top, g.dilationHeight);
  const firstColumn = firstInside(left, g.dilationWidth);
  const row = top + firstRow * g.dilationHeight;
  const column = left + firstColumn * g.dilationWidth;
  window.start = image + bytes((row * g.inWidth + column) * g.inChannels);
  window.rows = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight) - firstRow;
  window.columns = endInside(left, g.dilationWidth, g.filterWidth, g.inWidth) - firstColumn;
}

@inline
function rowStep(g: Geometry): usize {
  return bytes(g.dilationHeight * g.inWidth * g.inChannels);
}

@inline
function columnStep(g: Geometry): usize {
  return bytes(g.dilationWidth * g.inChannels);
}

/** y = largest value of each window, for the images [begin, end). Padding never wins. */
export function maxPool(
  x: usize,
  y: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const window = changetype<Window>(scratch);
  const channels = g.inChannels;
  const inSize = bytes(g.inHeight * g.inWidth * channels);
  let to = y + bytes(begin * g.outHeight * g.outWidth * channels);
  for (let image = begin; image < end; image++) {
    const from = x + <usize> image * inSize;
    for (let outRow = 0; outRow < g.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++) {
        placeWindow(g, window, from, outRow, outColumn);
        let channel = 0;
        for (; channel + 4 <= channels; channel += 4) {
          v128.store(to + bytes(channel), largestVector(g, window, bytes(channel)));
        }
        if (channel < channels && channels > 4) {
          // The last vector overlaps the one before: the same values are written twice.
          const last = bytes(channels - 4);
          v128.store(to + last, largestVector(g, window, last));
        } else {
          for (; channel < channels; channel++) {
            store<f32>(to + bytes(channel), largest(g, window, bytes(channel)));
          }
        }
        to += bytes(channels);
      }
    }
  }
}

@inline
function largestVector(g: Geometry, window: Window, channel: usize): v128 {
  let best = f32x4.splat(-Infinity);
  let row = window.start + channel;
  for (let r = window.rows; r > 0; r--) {
    let cell = row;
    for (let c = window.columns; c > 0; c--) {
      best = f32x4.pmax(best, v128.load(cell));
      cell += columnStep(g);
    }
    row += rowStep(g);
  }
  return best;
}

@inline
function largest(g: Geometry, window: Window, channel: usize): f32 {
  let best: f32 = -Infinity;
  let row = window.start + channel;
  for (let r = window.rows; r > 0; r--) {
    let cell = row;
    for (let c = window.columns; c > 0; c--) {
      best = max<f32>(best, load<f32>(cell));
      cell += columnStep(g);
    }
    row += rowStep(g);
  }
  return best;
}

/**
 * dx of `maxPool`: each window hands its gradient to the first of its cells, row by row, that holds
 * the largest value `y`, whatever the sign of that value.
 */
export function maxPoolGradient(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const window = changetype<Window>(scratch);
  const channels = g.inChannels;
  const inSize = bytes(g.inHeight * g.inWidth * channels);
  const disjoint = g.strideHeight > (g.filterHeight - 1) * g.dilationHeight &&
    g.strideWidth > (g.filterWidth - 1) * g.dilationWidth;
  const exact = disjoint && g.padTop == 0 && g.padLeft == 0 && g.dilationHeight == 1 &&
    g.dilationWidth == 1 && g.strideHeight == g.filterHeight && g.strideWidth == g.filterWidth &&
    g.outHeight * g.strideHeight == g.inHeight && g.outWidth * g.strideWidth == g.inWidth;
  if (!exact) memory.fill(dx + <usize> begin * inSize, 0, <usize> (end - begin) * inSize);
  const toGradient = dx - x;
  let pixel = bytes(begin * g.outHeight * g.outWidth * channels);
  for (let image = begin; image < end; image++) {
    const from = x + <usize> image * inSize;
    for (let outRow = 0; outRow < g.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++) {
        placeWindow(g, window, from, outRow, outColumn);
        let channel = 0;
        for (; channel + 4 <= channels; channel += 4) {
          const at = bytes(channel);
          giveVector(
            g,
            window,
            at,
            v128.load(y + pixel + at),
            v128.load(dy + pixel + at),
            toGradient,
            !disjoint,
          );
        }
        if (disjoint && channel < channels && channels > 4) {
          const at = bytes(channels - 4);
          giveVector(
            g,
            window,
            at,
            v128.load(y + pixel + at),
            v128.load(dy + pixel + at),
            toGradient,
            false,
          );
        } else {
          for (; channel < channels; channel++) {
            const at = bytes(channel);
            give(
              g,
              window,
              at,
              load<f32>(y + pixel + at),
              load<f32>(dy + pixel + at),
              toGradient,
              !disjoint,
            );
          }
        }
        pixel += bytes(channels);
      }
    }
  }
}

@inline
function giveVector(
  g: Geometry,
  window: Window,
  channel: usize,
  best: v128,
  gradient: v128,
  toGradient: usize,
  add: bool,
): void {
  let row = window.start + channel;
  for (let r = window.rows; r > 0; r--) {
    let cell = row;
    for (let c = window.columns; c > 0; c--) {
      const wins = f32x4.eq(v128.load(cell), best);
      let share = v128.and(wins, gradient);
      gradient = v128.andnot(gradient, wins);
      if (add) share = f32x4.add(v128.load(cell + toGradient), share);
      v128.store(cell + toGradient, share);
      cell += columnStep(g);
    }
    row += rowStep(g);
  }
}

@inline
function give(
  g: Geometry,
  window: Window,
  channel: usize,
  best: f32,
  gradient: f32,
  toGradient: usize,
  add: bool,
): void {
  let row = window.start + channel;
  for (let r = window.rows; r > 0; r--) {
    let cell = row;
    for (let c = window.columns; c > 0; c--) {
      const wins = load<f32>(cell) == best;
      let share: f32 = wins ? gradient : 0;
      if (wins) gradient = 0;
      if (add) share += load<f32>(cell + toGradient);
      store<f32>(cell + toGradient, share);
      cell += columnStep(g);
    }
    row += rowStep(g);
  }
}

/** dx of average pooling: a window shares its gradient among its cells inside the image. */
export function averagePoolGradient(
  dy: usize,
  dx: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const window = changetype<Window>(scratch);
  const channels = g.inChannels;
  const inSize = bytes(g.inHeight * g.inWidth * channels);
  memory.fill(dx + <usize> begin * inSize, 0, <usize> (end - begin) * inSize);
  let from = dy + bytes(begin * g.outHeight * g.outWidth * channels);
  for (let image = begin; image < end; image++) {
    const to = dx + <usize> image * inSize;
    for (let outRow = 0; outRow < g.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++) {
        placeWindow(g, window, to, outRow, outColumn);
        const share: f32 = 1 / <f32> (window.rows * window.columns);
        let row = window.start;
        for (let r = window.rows; r > 0; r--) {
          let cell = row;
          for (let c = window.columns; c > 0; c--) {
            addScaled(cell, from, share, channels);
            cell += columnStep(g);
          }
          row += rowStep(g);
        }
        from += bytes(channels);
      }
    }
  }
}
