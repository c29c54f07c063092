/** Sizes of a two-dimensional convolution or pooling, as the caller lays them out in memory. */
@unmanaged
export class Geometry {
  inHeight: i32;
  inWidth: i32;
  inChannels: i32;
  filterHeight: i32;
  filterWidth: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
}

/** First filter row that lies inside the image, for the window that starts at image row `start`. */

@inline
export function firstInside(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (-start + dilation - 1) / dilation;
}

/** One past the last filter row that lies inside an image of `size` rows. */

@inline
export function endInside(start: i32, dilation: i32, filter: i32, size: i32): i32 {
  if (start >= size) return 0;
  return min(filter, (size - 1 - start) / dilation + 1);
}
