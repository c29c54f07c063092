import { endInside, firstInside } from "./geometry";
import { addScaled, bytes, multiplyAdd, zeros } from "./simd";

/** Sizes of a three-dimensional convolution, as the caller lays them out in memory. */
@unmanaged
class VolumeGeometry {
  inDepth: i32;
  inHeight: i32;
  inWidth: i32;
  inChannels: i32;
  filterDepth: i32;
  filterHeight: i32;
  filterWidth: i32;
  outDepth: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  strideDepth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padFront: i32;
  padTop: i32;
  padLeft: i32;
}

/** dx = gradient of a three-dimensional convolution with respect to its input. */
export function volumeInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<VolumeGeometry>(geometry);
  const inSize = bytes(g.inDepth * g.inHeight * g.inWidth * g.inChannels);
  memory.fill(dx + <usize> begin * inSize, 0, <usize> (end - begin) * inSize);
  let gradient = dy + bytes(begin * g.outDepth * g.outHeight * g.outWidth * g.outChannels);
  for (let image = begin; image < end; image++) {
    const to = dx + <usize> image * inSize;
    for (let slice = 0; slice < g.outDepth; slice++) {
      for (let row = 0; row < g.outHeight; row++) {
        for (let column = 0; column < g.outWidth; column++) {
          giveBack(g, gradient, filter, to, slice, row, column);
          gradient += bytes(g.outChannels);
        }
      }
    }
  }
}

/** Adds the gradient of one output voxel to the input voxels under its window. */
function giveBack(
  g: VolumeGeometry,
  gradient: usize,
  filter: usize,
  to: usize,
  slice: i32,
  row: i32,
  column: i32,
): void {
  const front = slice * g.strideDepth - g.padFront;
  const top = row * g.strideHeight - g.padTop;
  const left = column * g.strideWidth - g.padLeft;
  const depthEnd = endInside(front, 1, g.filterDepth, g.inDepth);
  const rowEnd = endInside(top, 1, g.filterHeight, g.inHeight);
  const columnEnd = endInside(left, 1, g.filterWidth, g.inWidth);
  for (let d = firstInside(front, 1); d < depthEnd; d++) {
    for (let r = firstInside(top, 1); r < rowEnd; r++) {
      for (let c = firstInside(left, 1); c < columnEnd; c++) {
        const cell = (d * g.filterHeight + r) * g.filterWidth + c;
        const voxel = ((front + d) * g.inHeight + top + r) * g.inWidth + left + c;
        let weights = filter + bytes(cell * g.inChannels * g.outChannels);
        for (let channel = 0; channel < g.inChannels; channel++) {
          const at = to + bytes(voxel * g.inChannels + channel);
          store<f32>(at, load<f32>(at) + dot(gradient, weights, g.outChannels));
          weights += bytes(g.outChannels);
        }
      }
    }
  }
}

@inline
function dot(a: usize, b: usize, count: i32): f32 {
  let sums = zeros();
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    sums = multiplyAdd(v128.load(a + bytes(index)), v128.load(b + bytes(index)), sums);
  }
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; index < count; index++) sum += load<f32>(a + bytes(index)) * load<f32>(b + bytes(index));
  return sum;
}

/** df = gradient with respect to the filter, summed over the images [begin, end). */
export function volumeFilterGradient(
  x: usize,
  dy: usize,
  df: usize,
  geometry: usize,
  begin: i32,
  end: i32,
): void {
  const g = changetype<VolumeGeometry>(geometry);
  const inSize = bytes(g.inDepth * g.inHeight * g.inWidth * g.inChannels);
  const cells = g.filterDepth * g.filterHeight * g.filterWidth;
  memory.fill(df, 0, bytes(cells * g.inChannels * g.outChannels));
  let gradient = dy + bytes(begin * g.outDepth * g.outHeight * g.outWidth * g.outChannels);
  for (let image = begin; image < end; image++) {
    const from = x + <usize> image * inSize;
    for (let slice = 0; slice < g.outDepth; slice++) {
      for (let row = 0; row < g.outHeight; row++) {
        for (let column = 0; column < g.outWidth; column++) {
          addToFilter(g, from, gradient, df, slice, row, column);
          gradient += bytes(g.outChannels);
        }
      }
    }
  }
}

/** Adds what one output voxel gives to the filter. */
function addToFilter(
  g: VolumeGeometry,
  from: usize,
  gradient: usize,
  df: usize,
  slice: i32,
  row: i32,
  column: i32,
): void {
  const front = slice * g.strideDepth - g.padFront;
  const top = row * g.strideHeight - g.padTop;
  const left = column * g.strideWidth - g.padLeft;
  const depthEnd = endInside(front, 1, g.filterDepth, g.inDepth);
  const rowEnd = endInside(top, 1, g.filterHeight, g.inHeight);
  const columnEnd = endInside(left, 1, g.filterWidth, g.inWidth);
  for (let d = firstInside(front, 1); d < depthEnd; d++) {
    for (let r = firstInside(top, 1); r < rowEnd; r++) {
      for (let c = firstInside(left, 1); c < columnEnd; c++) {
        const cell = (d * g.filterHeight + r) * g.filterWidth + c;
        const voxel = ((front + d) * g.inHeight + top + r) * g.inWidth + left + c;
        let to = df + bytes(cell * g.inChannels * g.outChannels);
        for (let channel = 0; channel < g.inChannels; channel++) {
          const value = load<f32>(from + bytes(voxel * g.inChannels + channel));
          addScaled(to, gradient, value, g.outChannels);
          to += bytes(g.outChannels);
        }
      }
    }
  }
}
