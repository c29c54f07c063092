import { gemm, gemmScratch } from "./gemm";
import { Geometry } from "./geometry";
import { packPanels, packPanelsTransposed, panelColumns } from "./panels";
import { bytes } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable, tableRows } from "./tiles";
import {
  transformFilter,
  transformFilterGradient,
  transformGradients,
  transformImage,
  transformProducts,
} from "./winograd_transforms";

// Convolutions with filters of 3 x 3 and stride 1 by Winograd's algorithm (Lavin and Gray 2016): a
// tile of 4 x 4 output pixels takes 36 multiplications for each pair of channels where the direct
// way takes 144. Tiles and filter are transformed, multiplied at each of 36 points as matrices
// [tiles, inChannels] and [inChannels, outChannels], and transformed back. Both numbers of channels
// are multiples of four. Rows of tiles are numbered over all images.

/** Output pixels of a tile along an axis; it reads two more. */
const TILE: i32 = 4;
const SIDE: i32 = 6;
const POINTS: i32 = 36;
/** Bytes of transformed tiles that stay in the second-level cache. */
const BLOCK_BYTES: i32 = 320 * 1024;

@inline
function tilesHigh(g: Geometry): i32 {
  return (g.outHeight + TILE - 1) / TILE;
}

@inline
function tilesWide(g: Geometry): i32 {
  return (g.outWidth + TILE - 1) / TILE;
}

/** Rows of tiles that are worked on together. */
function blockRows(g: Geometry): i32 {
  const tile = POINTS * 4 * (g.inChannels + g.outChannels);
  return max(1, BLOCK_BYTES / tile / tilesWide(g));
}

/** Values in the six rows that a row of tiles reads, with as many channels as there are at most. */
function stripValues(g: Geometry): i32 {
  return (TILE * tilesWide(g) + SIDE - TILE) * max(g.inChannels, g.outChannels);
}

/** Bytes of scratch that `winograd` and `winogradFilterGradient` need. */
export function winogradScratch(geometry: usize): usize {
  const g = changetype<Geometry>(geometry);
  const tiles = blockRows(g) * tilesWide(g);
  return EDGE_BYTES + 64 + bytes(tableRows(tiles)) + bytes((SIDE + 1) * stripValues(g)) +
    bytes(POINTS * tiles * (g.inChannels + g.outChannels)) + gemmScratch(g.outChannels);
}

/** Bytes of scratch that `winogradFilter` needs. */
export function winogradFilterScratch(geometry: usize): usize {
  const g = changetype<Geometry>(geometry);
  return bytes((3 * SIDE + POINTS) * g.inChannels * g.outChannels);
}

/**
 * The transformed filter as 36 packed matrices.
 *
 * @param turned 1 for the gradient with respect to the input, whose `geometry` describes the
 * convolution over dy: the filter is turned by half a turn and its channels are exchanged.
 */
export function winogradFilter(
  filter: usize,
  geometry: usize,
  turned: i32,
  panels: usize,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const count = g.inChannels * g.outChannels;
  const cell = bytes(count);
  const high = scratch;
  const points = high + <usize> (3 * SIDE) * cell;
  const first = turned ? filter + 8 * cell : filter;
  const step = turned ? -(<isize> cell) : <isize> cell;
  for (let column = 0; column < 3; column++) {
    const top = first + <usize> (<isize> column * step);
    const row = 3 * step;
    transformFilter(
      top, top + <usize> row, top + <usize> (2 * row), count, high + <usize> column * cell, 3 * cell,
    );
  }
  for (let row = 0; row < SIDE; row++) {
    const left = high + <usize> (3 * row) * cell;
    transformFilter(
      left, left + cell, left + 2 * cell, count, points + <usize> (SIDE * row) * cell, cell,
    );
  }
  const packed = bytes(g.inChannels * panelColumns(g.outChannels));
  for (let point = 0; point < POINTS; point++) {
    const from = points + <usize> point * cell;
    const to = panels + <usize> point * packed;
    if (turned) {
      packPanelsTransposed(
        from, g.inChannels, g.inChannels, g.outChannels, to, g.inChannels, 0,
      );
    } else packPanels(from, g.outChannels, g.inChannels, g.outChannels, to);
  }
}

/** y = convolution of x with a filter from `winogradFilter`, for the rows of tiles [begin, end). */
export function winograd(
  x: usize,
  panels: usize,
  y: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const block = blockRows(g);
  const wide = tilesWide(g);
  const edge = scratch;
  const runs = edge + EDGE_BYTES;
  const rows = runs + 64;
  const strips = rows + bytes(tableRows(block * wide));
  const tiles = strips + bytes((SIDE + 1) * stripValues(g));
  const products = tiles + bytes(POINTS * block * wide * g.inChannels);
  const packed = bytes(g.inChannels * panelColumns(g.outChannels));
  store<i32>(runs, 0);
  for (let first = begin; first < end; first += block) {
    const count = min(block, end - first) * wide;
    for (let tile = 0; tile < count; tile++) {
      store<i32>(rows + bytes(tile), bytes(tile * g.inChannels));
    }
    padRowTable(rows, count);
    readTiles(g, x, first, count / wide, strips, tiles);
    for (let point = 0; point < POINTS; point++) {
      multiplyPanels(
        tiles + bytes(point * count * g.inChannels), rows, count, 1, runs, g.inChannels,
        panels + <usize> point * packed, g.inChannels, 0, g.outChannels,
        products + bytes(point * count * g.outChannels), g.outChannels, false, edge,
      );
    }
    writeTiles(g, products, first, count / wide, strips, y);
  }
}

/** Transforms rows of tiles of the input: `to` gets 36 matrices [tiles, inChannels]. */
function readTiles(g: Geometry, x: usize, first: i32, count: i32, strips: usize, to: usize): void {
  const high = tilesHigh(g);
  const wide = tilesWide(g);
  const channels = g.inChannels;
  const pixel = bytes(channels);
  const width = TILE * wide + SIDE - TILE;
  const strip = bytes(width * channels);
  const zeros = strips + SIDE * strip;
  const matrix = bytes(count * wide * channels);
  const skipped = max(0, -g.padLeft);
  const before = min(width, max(0, g.padLeft));
  const inside = max(0, min(g.inWidth - skipped, width - before));
  memory.fill(zeros, 0, strip);
  for (let side = 0; side < SIDE; side++) {
    const from = strips + <usize> side * strip;
    const end = bytes((before + inside) * channels);
    memory.fill(from, 0, bytes(before * channels));
    memory.fill(from + end, 0, strip - end);
  }
  for (let index = 0; index < count; index++) {
    const image = x + bytes((first + index) / high * g.inHeight * g.inWidth * channels);
    const top = (first + index) % high * TILE - g.padTop;
    transformImage(
      inputRow(g, image, top, skipped, zeros), inputRow(g, image, top + 1, skipped, zeros),
      inputRow(g, image, top + 2, skipped, zeros), inputRow(g, image, top + 3, skipped, zeros),
      inputRow(g, image, top + 4, skipped, zeros), inputRow(g, image, top + 5, skipped, zeros),
      inside * channels, strips + bytes(before * channels), strip,
    );
    for (let side = 0; side < SIDE; side++) {
      let from = strips + <usize> side * strip;
      let target = to + <usize> (SIDE * side) * matrix + bytes(index * wide * channels);
      for (let tile = 0; tile < wide; tile++) {
        transformImage(
          from, from + pixel, from + 2 * pixel, from + 3 * pixel, from + 4 * pixel,
          from + 5 * pixel, channels, target, matrix,
        );
        from += TILE * pixel;
        target += pixel;
      }
    }
  }
}

/** Where the first pixel of an input row lies that is not skipped; zeros outside of the image. */
@inline
function inputRow(g: Geometry, image: usize, row: i32, skipped: i32, zeros: usize): usize {
  if (row < 0 || row >= g.inHeight) return zeros;
  return image + bytes((row * g.inWidth + skipped) * g.inChannels);
}

/** Transforms products back and writes the rows of output pixels that there are. */
function writeTiles(
  g: Geometry,
  products: usize,
  first: i32,
  count: i32,
  strips: usize,
  y: usize,
): void {
  const high = tilesHigh(g);
  const wide = tilesWide(g);
  const channels = g.outChannels;
  const pixel = bytes(channels);
  const strip = bytes(TILE * wide * channels);
  const unused = strips + SIDE * strip;
  const matrix = bytes(count * wide * channels);
  const outRow = bytes(g.outWidth * channels);
  for (let index = 0; index < count; index++) {
    for (let side = 0; side < SIDE; side++) {
      let from = products + <usize> (SIDE * side) * matrix + bytes(index * wide * channels);
      let to = strips + <usize> side * strip;
      for (let tile = 0; tile < wide; tile++) {
        transformProducts(
          from, matrix, channels, to, to + pixel, to + 2 * pixel, to + 3 * pixel,
        );
        from += pixel;
        to += TILE * pixel;
      }
    }
    const top = (first + index) % high * TILE;
    const to = y + <usize> ((first + index) / high * g.outHeight + top) * outRow;
    const rows = g.outHeight - top;
    transformProducts(
      strips, strip, g.outWidth * channels, to, rows > 1 ? to + outRow : unused,
      rows > 2 ? to + 2 * outRow : unused, rows > 3 ? to + 3 * outRow : unused,
    );
  }
}

/**
 * Adds up the gradient with respect to the transformed filter, 36 matrices [inChannels,
 * outChannels], over the rows of tiles [begin, end). `winogradFilterSums` transforms it back.
 */
export function winogradFilterGradient(
  x: usize,
  dy: usize,
  sums: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const block = blockRows(g);
  const wide = tilesWide(g);
  const strips = scratch;
  const tiles = strips + bytes((SIDE + 1) * stripValues(g));
  const gradients = tiles + bytes(POINTS * block * wide * g.inChannels);
  const products = gradients + bytes(POINTS * block * wide * g.outChannels);
  const matrix = bytes(g.inChannels * g.outChannels);
  for (let first = begin; first < end; first += block) {
    const count = min(block, end - first);
    const depth = count * wide;
    readTiles(g, x, first, count, strips, tiles);
    readGradients(g, dy, first, count, strips, gradients);
    for (let point = 0; point < POINTS; point++) {
      gemm(
        tiles + bytes(point * depth * g.inChannels), g.inChannels, true,
        gradients + bytes(point * depth * g.outChannels), g.outChannels, false,
        sums + <usize> point * matrix, g.outChannels, 0, g.inChannels, 0, g.outChannels, depth,
        first > begin, products,
      );
    }
  }
}

/** Transforms rows of tiles of dy: `to` gets 36 matrices [tiles, outChannels]. */
function readGradients(
  g: Geometry,
  dy: usize,
  first: i32,
  count: i32,
  strips: usize,
  to: usize,
): void {
  const high = tilesHigh(g);
  const wide = tilesWide(g);
  const channels = g.outChannels;
  const pixel = bytes(channels);
  const strip = bytes(TILE * wide * channels);
  const zeros = strips + SIDE * strip;
  const matrix = bytes(count * wide * channels);
  const row = bytes(g.outWidth * channels);
  memory.fill(zeros, 0, strip);
  for (let side = 0; side < SIDE; side++) {
    memory.fill(strips + <usize> side * strip + row, 0, strip - row);
  }
  for (let index = 0; index < count; index++) {
    const top = (first + index) % high * TILE;
    const from = dy + <usize> ((first + index) / high * g.outHeight + top) * row;
    const rows = g.outHeight - top;
    transformGradients(
      from, rows > 1 ? from + row : zeros, rows > 2 ? from + 2 * row : zeros,
      rows > 3 ? from + 3 * row : zeros, g.outWidth * channels, strips, strip,
    );
    for (let side = 0; side < SIDE; side++) {
      let left = strips + <usize> side * strip;
      let target = to + <usize> (SIDE * side) * matrix + bytes(index * wide * channels);
      for (let tile = 0; tile < wide; tile++) {
        transformGradients(
          left, left + pixel, left + 2 * pixel, left + 3 * pixel, channels, target, matrix,
        );
        left += TILE * pixel;
        target += pixel;
      }
    }
  }
}

/** df from the sums of `winogradFilterGradient`; `scratch` as for `winogradFilter`. */
export function winogradFilterSums(sums: usize, geometry: usize, df: usize, scratch: usize): void {
  const g = changetype<Geometry>(geometry);
  const count = g.inChannels * g.outChannels;
  const cell = bytes(count);
  for (let row = 0; row < SIDE; row++) {
    const from = sums + <usize> (SIDE * row) * cell;
    transformFilterGradient(from, cell, count, scratch + <usize> (3 * row) * cell, cell);
  }
  for (let column = 0; column < 3; column++) {
    const from = scratch + <usize> column * cell;
    transformFilterGradient(from, 3 * cell, count, df + <usize> column * cell, 3 * cell);
  }
}
