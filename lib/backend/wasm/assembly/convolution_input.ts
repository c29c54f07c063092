import { endInside, firstInside, Geometry } from "./geometry";
import { addTo, bytes } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable } from "./tiles";

// The gradient with respect to the input of a convolution with a stride: every output pixel hands
// a patch of gradients back (a matrix product), and the patches are added up where they overlap.

/** Output pixels whose patches are made at once: a multiple of both tile heights. */
const PIXEL_BLOCK: i32 = 48;
const ROW_TABLE_BYTES: usize = 256;
const RUN_TABLE_BYTES: usize = 64;

/** Bytes of scratch that `scatterPatches` needs. */
export function scatterPatchesScratch(geometry: usize): usize {
  const g = changetype<Geometry>(geometry);
  return EDGE_BYTES + ROW_TABLE_BYTES + RUN_TABLE_BYTES +
    bytes(PIXEL_BLOCK * g.filterHeight * g.filterWidth * g.inChannels);
}

/**
 * dx for the images [begin, end).
 *
 * @param panels The transposed filter, packed: outChannels deep, one column for each filter value.
 */
export function scatterPatches(
  dy: usize,
  panels: usize,
  dx: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const edge = scratch;
  const rows = edge + EDGE_BYTES;
  const runs = rows + ROW_TABLE_BYTES;
  const patches = runs + RUN_TABLE_BYTES;
  const patch = g.filterHeight * g.filterWidth * g.inChannels;
  const pixels = g.outHeight * g.outWidth;
  const inSize = bytes(g.inHeight * g.inWidth * g.inChannels);
  store<i32>(runs, 0);
  memory.fill(dx + <usize> begin * inSize, 0, <usize> (end - begin) * inSize);
  for (let image = begin; image < end; image++) {
    for (let pixel = 0; pixel < pixels; pixel += PIXEL_BLOCK) {
      const count = min(PIXEL_BLOCK, pixels - pixel);
      for (let index = 0; index < count; index++) {
        store<i32>(rows + bytes(index), bytes(index * g.outChannels));
      }
      padRowTable(rows, count);
      const from = dy + bytes((image * pixels + pixel) * g.outChannels);
      multiplyPanels(
        from,
        rows,
        count,
        1,
        runs,
        g.outChannels,
        panels,
        g.outChannels,
        0,
        patch,
        patches,
        patch,
        false,
        edge,
      );
      addPatches(g, patches, pixel, count, dx + <usize> image * inSize);
    }
  }
}

function addPatches(g: Geometry, patches: usize, pixel: i32, count: i32, dx: usize): void {
  const channels = g.inChannels;
  for (let index = 0; index < count; index++) {
    const top = (pixel + index) / g.outWidth * g.strideHeight - g.padTop;
    const left = (pixel + index) % g.outWidth * g.strideWidth - g.padLeft;
    const rowEnd = endInside(top, g.dilationHeight, g.filterHeight, g.inHeight);
    const columnBegin = firstInside(left, g.dilationWidth);
    const columnEnd = endInside(left, g.dilationWidth, g.filterWidth, g.inWidth);
    const patch = patches + bytes(index * g.filterHeight * g.filterWidth * channels);
    for (let row = firstInside(top, g.dilationHeight); row < rowEnd; row++) {
      const imageRow = dx + bytes((top + row * g.dilationHeight) * g.inWidth * channels);
      const patchRow = patch + bytes(row * g.filterWidth * channels);
      if (g.dilationWidth == 1) {
        if (columnEnd > columnBegin) {
          addTo(
            imageRow + bytes((left + columnBegin) * channels),
            patchRow + bytes(columnBegin * channels),
            (columnEnd - columnBegin) * channels,
          );
        }
        continue;
      }
      for (let column = columnBegin; column < columnEnd; column++) {
        addTo(
          imageRow + bytes((left + column * g.dilationWidth) * channels),
          patchRow + bytes(column * channels),
          channels,
        );
      }
    }
  }
}
