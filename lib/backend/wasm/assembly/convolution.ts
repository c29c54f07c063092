import { endInside, firstInside, Geometry } from "./geometry";
import { packPanelsTransposed } from "./panels";
import { bytes } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable } from "./tiles";

// Convolution without copies of patches: the row table of the micro-kernels points at the patch of
// each output pixel, a run is one filter row (or one filter cell where the filter is dilated), and
// filter rows that lie above or below the image are left out of the sum.

/** Output pixels worked on at once: a multiple of both tile heights. */
const PIXEL_BLOCK: i32 = 240;
const ROW_TABLE_BYTES: usize = 1024;

/** Bytes of scratch that `convolve` needs. */
export function convolveScratch(geometry: usize): usize {
  const g = changetype<Geometry>(geometry);
  return EDGE_BYTES + ROW_TABLE_BYTES + runTableBytes(g) +
    bytes(g.inHeight * paddedWidth(g) * g.inChannels) + 64;
}

/** Width that the windows of one output row reach over, padding included. */

@inline
function paddedWidth(g: Geometry): i32 {
  return (g.outWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1;
}

@inline
function runTableBytes(g: Geometry): usize {
  return (bytes(g.filterHeight * g.filterWidth) + 63) & ~63;
}

/**
 * y = convolution of x with a packed filter, for the images [begin, end).
 *
 * @param panels The filter as a matrix of height * width * inChannels rows, packed.
 */
export function convolve(
  x: usize,
  panels: usize,
  y: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const edge = scratch;
  const rows = edge + EDGE_BYTES;
  const runs = rows + ROW_TABLE_BYTES;
  const padded = runs + runTableBytes(g);
  const width = paddedWidth(g);
  const inPlace = g.padLeft == 0 && width <= g.inWidth;
  const pitch = (inPlace ? g.inWidth : width) * g.inChannels;
  fillRunTable(g, pitch, runs);
  const inSize = bytes(g.inHeight * g.inWidth * g.inChannels);
  const outSize = bytes(g.outHeight * g.outWidth * g.outChannels);
  for (let image = begin; image < end; image++) {
    let from = x + <usize> image * inSize;
    if (!inPlace) {
      padWidth(g, from, width, padded);
      from = padded;
    }
    convolveImage(g, from, pitch, panels, y + <usize> image * outSize, edge, rows, runs);
  }
}

/** Where each run starts, from the first filter row on. */
function fillRunTable(g: Geometry, pitch: i32, runs: usize): void {
  let entry = runs;
  for (let row = 0; row < g.filterHeight; row++) {
    const start = row * g.dilationHeight * pitch;
    if (g.dilationWidth == 1) {
      store<i32>(entry, bytes(start));
      entry += 4;
      continue;
    }
    for (let column = 0; column < g.filterWidth; column++) {
      store<i32>(entry, bytes(start + column * g.dilationWidth * g.inChannels));
      entry += 4;
    }
  }
}

/** Copies an image so that column 0 is the first column of the first window. */
function padWidth(g: Geometry, from: usize, width: i32, to: usize): void {
  const before = max(0, g.padLeft);
  const skipped = max(0, -g.padLeft);
  const inside = max(0, min(g.inWidth - skipped, width - before));
  const left = bytes(before * g.inChannels);
  const middle = bytes(inside * g.inChannels);
  const right = bytes(max(0, width - before - inside) * g.inChannels);
  from += bytes(skipped * g.inChannels);
  for (let row = 0; row < g.inHeight; row++) {
    memory.fill(to, 0, min(left, bytes(width * g.inChannels)));
    memory.copy(to + left, from, middle);
    memory.fill(to + left + middle, 0, right);
    to += bytes(width * g.inChannels);
    from += bytes(g.inWidth * g.inChannels);
  }
}

/** Output rows that see the same filter rows are worked on together. */
function convolveImage(
  g: Geometry,
  from: usize,
  pitch: i32,
  panels: usize,
  to: usize,
  edge: usize,
  rows: usize,
  runs: usize,
): void {
  const outRow = g.outWidth * g.outChannels;
  for (let first = 0; first < g.outHeight;) {
    const start = first * g.strideHeight - g.padTop;
    const filterBegin = firstInside(start, g.dilationHeight);
    const filterEnd = endInside(start, g.dilationHeight, g.filterHeight, g.inHeight);
    let last = first + 1;
    while (last < g.outHeight) {
      const next = last * g.strideHeight - g.padTop;
      if (firstInside(next, g.dilationHeight) != filterBegin) break;
      if (endInside(next, g.dilationHeight, g.filterHeight, g.inHeight) != filterEnd) break;
      last++;
    }
    const target = to + bytes(first * outRow);
    if (filterBegin >= filterEnd) memory.fill(target, 0, bytes((last - first) * outRow));
    else {convolveRows(
        g,
        from,
        pitch,
        panels,
        target,
        first,
        last,
        filterBegin,
        filterEnd,
        edge,
        rows,
        runs,
      );}
    first = last;
  }
}

function convolveRows(
  g: Geometry,
  from: usize,
  pitch: i32,
  panels: usize,
  to: usize,
  firstRow: i32,
  lastRow: i32,
  filterBegin: i32,
  filterEnd: i32,
  edge: usize,
  rows: usize,
  runs: usize,
): void {
  const filterRow = g.filterWidth * g.inChannels;
  const runsInRow = g.dilationWidth == 1 ? 1 : g.filterWidth;
  const runLength = g.dilationWidth == 1 ? filterRow : g.inChannels;
  const runTable = runs + bytes(filterBegin * runsInRow);
  const depth = g.filterHeight * filterRow;
  const pixels = (lastRow - firstRow) * g.outWidth;
  let row = firstRow;
  let column = 0;
  for (let pixel = 0; pixel < pixels; pixel += PIXEL_BLOCK) {
    const count = min(PIXEL_BLOCK, pixels - pixel);
    for (let index = 0; index < count; index++) {
      const start = (row * g.strideHeight - g.padTop) * pitch +
        column * g.strideWidth * g.inChannels;
      store<i32>(rows + bytes(index), start << 2);
      column++;
      if (column == g.outWidth) {
        column = 0;
        row++;
      }
    }
    padRowTable(rows, count);
    multiplyPanels(
      from,
      rows,
      count,
      (filterEnd - filterBegin) * runsInRow,
      runTable,
      runLength,
      panels,
      depth,
      filterBegin * filterRow,
      g.outChannels,
      to + bytes(pixel * g.outChannels),
      g.outChannels,
      false,
      edge,
    );
  }
}

/**
 * Packs the filter for the gradient with respect to the input of a convolution with stride 1: that
 * gradient is the convolution of dy with the filter turned by half a turn and its channels
 * exchanged. `geometry` describes this second convolution.
 */
export function packFlippedFilter(filter: usize, geometry: usize, panels: usize): void {
  const g = changetype<Geometry>(geometry);
  const cells = g.filterHeight * g.filterWidth;
  const cell = bytes(g.inChannels * g.outChannels);
  const depth = cells * g.inChannels;
  for (let index = 0; index < cells; index++) {
    const from = filter + <usize> (cells - 1 - index) * cell;
    const step = index * g.inChannels;
    packPanelsTransposed(from, g.inChannels, g.inChannels, g.outChannels, panels, depth, step);
  }
}
