import * as tf from "@tensorflow/tfjs";
import { register, requireFloat32 } from "../register.ts";
import type { Runtime } from "../runtime.ts";

type Shape5D = [number, number, number, number, number];

interface VolumeAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same";
}

/** Both gradients of Conv3D, which upstream gets wrong. */
export function registerVolumes(runtime: Runtime): void {
  const { functions } = runtime;
  register<"dy" | "filter", VolumeAttributes & { inputShape: number[] }>(
    "Conv3DBackpropInputV2",
    ({ dy, filter }, attributes) => {
      requireFloat32("the input gradient of conv3d", dy, filter);
      const sizes = volumeSizes(attributes.inputShape, filter.shape, attributes);
      const dx = runtime.output(attributes.inputShape);
      functions.volumeInputGradient(
        runtime.pointer(dy),
        runtime.pointer(filter),
        runtime.pointer(dx),
        runtime.integers(geometryFields(sizes)),
        0,
        sizes.batchSize,
      );
      return dx;
    },
  );
  register<"x" | "dy", VolumeAttributes & { filterShape: number[] }>(
    "Conv3DBackpropFilterV2",
    ({ x, dy }, attributes) => {
      requireFloat32("the filter gradient of conv3d", x, dy);
      const sizes = volumeSizes(x.shape, attributes.filterShape, attributes);
      const df = runtime.output(attributes.filterShape);
      functions.volumeFilterGradient(
        runtime.pointer(x),
        runtime.pointer(dy),
        runtime.pointer(df),
        runtime.integers(geometryFields(sizes)),
        0,
        sizes.batchSize,
      );
      return df;
    },
  );
}

type Sizes = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

function volumeSizes(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad }: VolumeAttributes,
): Sizes {
  const shapes = [inputShape, filterShape] as [Shape5D, Shape5D];
  return tf.backend_util.computeConv3DInfo(...shapes, strides, 1, pad);
}

/** The sizes that the assembly's `VolumeGeometry` holds, in its order. */
function geometryFields(sizes: Sizes): number[] {
  return [
    sizes.inDepth,
    sizes.inHeight,
    sizes.inWidth,
    sizes.inChannels,
    sizes.filterDepth,
    sizes.filterHeight,
    sizes.filterWidth,
    sizes.outDepth,
    sizes.outHeight,
    sizes.outWidth,
    sizes.outChannels,
    sizes.strideDepth,
    sizes.strideHeight,
    sizes.strideWidth,
    sizes.padInfo.front,
    sizes.padInfo.top,
    sizes.padInfo.left,
  ];
}
