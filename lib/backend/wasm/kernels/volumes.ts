import * as tf from "@tensorflow/tfjs";
import { register, requireFloat32 } from "../register.ts";
import type { Runtime } from "../runtime.ts";

type Shape5D = [number, number, number, number, number];

interface VolumeAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same";
  readonly inputShape: number[];
}

/** Conv3DBackpropInputV2, which upstream gets wrong. */
export function registerVolumes(runtime: Runtime): void {
  register<"dy" | "filter", VolumeAttributes>(
    "Conv3DBackpropInputV2",
    ({ dy, filter }, { strides, pad, inputShape }) => {
      requireFloat32("the input gradient of conv3d", dy, filter);
      const sizes = tf.backend_util.computeConv3DInfo(
        inputShape as Shape5D,
        filter.shape as Shape5D,
        strides,
        1,
        pad,
      );
      const dx = runtime.output(inputShape);
      const geometry = runtime.integers([
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
      ]);
      runtime.functions.volumeInputGradient(
        runtime.pointer(dy),
        runtime.pointer(filter),
        runtime.pointer(dx),
        geometry,
        0,
        sizes.batchSize,
      );
      return dx;
    },
  );
}
