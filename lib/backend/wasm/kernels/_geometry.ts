import type * as tf from "@tensorflow/tfjs";

type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** The sizes that the assembly's `Geometry` holds, in its order. */
export function geometryFields(sizes: Convolution): number[] {
  return [
    sizes.inHeight,
    sizes.inWidth,
    sizes.inChannels,
    sizes.filterHeight,
    sizes.filterWidth,
    sizes.outHeight,
    sizes.outWidth,
    sizes.outChannels,
    sizes.strideHeight,
    sizes.strideWidth,
    sizes.dilationHeight,
    sizes.dilationWidth,
    sizes.padInfo.top,
    sizes.padInfo.left,
  ];
}

/** The convolution with stride 1 over dy that gives the input gradient of `sizes`. */
export function inputGradientFields(sizes: Convolution): number[] {
  return [
    sizes.outHeight,
    sizes.outWidth,
    sizes.outChannels,
    sizes.filterHeight,
    sizes.filterWidth,
    sizes.inHeight,
    sizes.inWidth,
    sizes.inChannels,
    1,
    1,
    sizes.dilationHeight,
    sizes.dilationWidth,
    (sizes.filterHeight - 1) * sizes.dilationHeight - sizes.padInfo.top,
    (sizes.filterWidth - 1) * sizes.dilationWidth - sizes.padInfo.left,
  ];
}
