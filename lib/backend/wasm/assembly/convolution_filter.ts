import { Geometry } from "./geometry";
import { packPanels, panelColumns } from "./panels";
import { bytes } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable, tableRows } from "./tiles";

// The gradient with respect to the filter is a product of two long matrices: one row for each value
// of the filter (the image shifted by the place of that value), one column for each output channel,
// summed over all output pixels. Images are first laid out as planes: one for each channel and each
// remainder of the column by the stride, so that a shifted image row is a run of adjacent values.

/** Output pixels whose gradients are packed at once. */
const PIXEL_BLOCK: i32 = 512;

@inline
function planeHeight(g: Geometry): i32 {
  return (g.outHeight - 1) * g.strideHeight + (g.filterHeight - 1) * g.dilationHeight + 1;
}

@inline
function planeWidth(g: Geometry): i32 {
  const reach = (g.outWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1;
  return (reach + g.strideWidth - 1) / g.strideWidth;
}

@inline
function planesSize(g: Geometry): i32 {
  return g.inChannels * g.strideWidth * planeHeight(g) * planeWidth(g);
}

/** A single channel without stride and padding is a plane already. */

@inline
function isPlane(g: Geometry): bool {
  return g.inChannels == 1 && g.strideWidth == 1 && g.padTop == 0 && g.padLeft == 0 &&
    planeHeight(g) <= g.inHeight && planeWidth(g) <= g.inWidth;
}

/** Images whose planes are made at once. */

@inline
function groupSize(g: Geometry): i32 {
  return max(1, PIXEL_BLOCK / (g.outHeight * g.outWidth));
}

/** Output rows whose gradients are packed at once. */

@inline
function blockRuns(g: Geometry): i32 {
  return max(1, PIXEL_BLOCK / g.outWidth);
}

/** Bytes of scratch that `filterGradient` needs. */
export function filterGradientScratch(geometry: usize): usize {
  const g = changetype<Geometry>(geometry);
  const patch = g.filterHeight * g.filterWidth * g.inChannels;
  return EDGE_BYTES + bytes(tableRows(patch) + groupSize(g) * g.outHeight) +
    bytes(groupSize(g) * planesSize(g)) +
    bytes(blockRuns(g) * g.outWidth * panelColumns(g.outChannels)) + 64;
}

/** df = gradient with respect to the filter, summed over the images [begin, end). */
export function filterGradient(
  x: usize,
  dy: usize,
  df: usize,
  geometry: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const patch = g.filterHeight * g.filterWidth * g.inChannels;
  const group = groupSize(g);
  const edge = scratch;
  const rows = edge + EDGE_BYTES;
  const runs = rows + bytes(tableRows(patch));
  const planes = runs + bytes(group * g.outHeight);
  const panels = planes + bytes(group * planesSize(g));
  const inPlace = isPlane(g);
  const height = inPlace ? g.inHeight : planeHeight(g);
  const width = inPlace ? g.inWidth : planeWidth(g);
  const size = g.inChannels * g.strideWidth * height * width;
  fillRowTable(g, height, width, rows);
  padRowTable(rows, patch);
  for (let index = 0; index < group * g.outHeight; index++) {
    const start = index / g.outHeight * size + index % g.outHeight * g.strideHeight * width;
    store<i32>(runs + bytes(index), bytes(start));
  }
  const inSize = g.inHeight * g.inWidth * g.inChannels;
  const outRow = g.outWidth * g.outChannels;
  let first = true;
  for (let image = begin; image < end; image += group) {
    const images = min(group, end - image);
    let from = x + bytes(image * inSize);
    if (!inPlace) {
      for (let index = 0; index < images; index++) {
        fillPlanes(g, from + bytes(index * inSize), height, width, planes + bytes(index * size));
      }
      from = planes;
    }
    const outRows = images * g.outHeight;
    for (let row = 0; row < outRows; row += blockRuns(g)) {
      const count = min(blockRuns(g), outRows - row);
      const depth = count * g.outWidth;
      const gradients = dy + bytes((image * g.outHeight + row) * outRow);
      packPanels(gradients, g.outChannels, depth, g.outChannels, panels);
      multiplyPanels(
        from,
        rows,
        patch,
        count,
        runs + bytes(row),
        g.outWidth,
        panels,
        depth,
        0,
        g.outChannels,
        df,
        g.outChannels,
        !first,
        edge,
      );
      first = false;
    }
  }
}

/** Where the shifted image of each filter value starts, in the order of the filter. */
function fillRowTable(g: Geometry, height: i32, width: i32, rows: usize): void {
  for (let row = 0; row < g.filterHeight; row++) {
    for (let column = 0; column < g.filterWidth; column++) {
      const shift = column * g.dilationWidth;
      for (let channel = 0; channel < g.inChannels; channel++) {
        const plane = channel * g.strideWidth + shift % g.strideWidth;
        const start = (plane * height + row * g.dilationHeight) * width + shift / g.strideWidth;
        store<i32>(rows, bytes(start));
        rows += 4;
      }
    }
  }
}

/** Lays an image out as planes, padding included. */
function fillPlanes(g: Geometry, image: usize, height: i32, width: i32, planes: usize): void {
  const channels = g.inChannels;
  const plane = bytes(height * width);
  for (let row = 0; row < height; row++) {
    const imageRow = row - g.padTop;
    const inside = imageRow >= 0 && imageRow < g.inHeight;
    const from = image + bytes(imageRow * g.inWidth * channels);
    for (let remainder = 0; remainder < g.strideWidth; remainder++) {
      for (let column = 0; column < width; column++) {
        const imageColumn = column * g.strideWidth + remainder - g.padLeft;
        let to = planes + <usize> remainder * plane + bytes(row * width + column);
        const step = <usize> g.strideWidth * plane;
        if (inside && imageColumn >= 0 && imageColumn < g.inWidth) {
          let source = from + bytes(imageColumn * channels);
          for (let channel = 0; channel < channels; channel++) {
            store<f32>(to, load<f32>(source));
            source += 4;
            to += step;
          }
        } else {
          for (let channel = 0; channel < channels; channel++) {
            store<f32>(to, 0);
            to += step;
          }
        }
      }
    }
  }
}
