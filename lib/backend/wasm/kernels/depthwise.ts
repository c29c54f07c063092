import type { TensorInfo } from "@tensorflow/tfjs";
import { register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { type Activation, finish } from "./_activation.ts";
import { geometryFields, inputGradientFields } from "./_geometry.ts";
import { type ConvolutionAttributes, convolutionSizes, type Sizes } from "./convolution.ts";

interface FusedAttributes extends ConvolutionAttributes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

/** DepthwiseConv2dNative, FusedDepthwiseConv2D and both gradients. */
export function registerDepthwise(runtime: Runtime): void {
  const { functions } = runtime;
  register<"x" | "filter", ConvolutionAttributes>(
    "DepthwiseConv2dNative",
    ({ x, filter }, attributes) => {
      return depthwise(
        runtime,
        x,
        filter,
        convolutionSizes(x.shape, filter.shape, attributes, true),
      );
    },
  );
  register<"x" | "filter" | "bias" | "preluActivationWeights", FusedAttributes>(
    "FusedDepthwiseConv2D",
    ({ x, filter, ...ending }, attributes) => {
      const sizes = convolutionSizes(x.shape, filter.shape, attributes, true);
      return finish(runtime, depthwise(runtime, x, filter, sizes), { ...attributes, ...ending });
    },
  );
  register<"x" | "dy", ConvolutionAttributes & { filterShape: number[] }>(
    "DepthwiseConv2dNativeBackpropFilter",
    ({ x, dy }, attributes) => {
      requireFloat32("the filter gradient of depthwiseConv2d", x, dy);
      const sizes = convolutionSizes(x.shape, attributes.filterShape, attributes, true);
      const df = runtime.output(attributes.filterShape);
      const geometry = runtime.integers(geometryFields(sizes));
      functions.depthwiseFilter(
        runtime.pointer(x),
        runtime.pointer(dy),
        runtime.pointer(df),
        geometry,
        0,
        sizes.batchSize,
      );
      return df;
    },
  );
  register<"dy" | "filter", ConvolutionAttributes & { inputShape: number[] }>(
    "DepthwiseConv2dNativeBackpropInput",
    ({ dy, filter }, attributes) => {
      requireFloat32("the input gradient of depthwiseConv2d", dy, filter);
      const sizes = convolutionSizes(attributes.inputShape, filter.shape, attributes, true);
      return inputGradient(runtime, dy, filter, attributes.inputShape, sizes);
    },
  );
}

function depthwise(runtime: Runtime, x: TensorInfo, filter: TensorInfo, sizes: Sizes): TensorInfo {
  requireFloat32("depthwiseConv2d", x, filter);
  const y = runtime.output(sizes.outShape);
  runtime.functions.depthwise(
    runtime.pointer(x),
    runtime.pointer(filter),
    runtime.pointer(y),
    runtime.integers(geometryFields(sizes)),
    0,
    sizes.batchSize,
  );
  return y;
}

function inputGradient(
  runtime: Runtime,
  dy: TensorInfo,
  filter: TensorInfo,
  inputShape: readonly number[],
  sizes: Sizes,
): TensorInfo {
  const { functions } = runtime;
  const dx = runtime.output(inputShape);
  const from = runtime.pointer(dy);
  const weights = runtime.pointer(filter);
  const to = runtime.pointer(dx);
  const plain = sizes.strideHeight === 1 && sizes.strideWidth === 1 &&
    sizes.inChannels === sizes.outChannels;
  if (!plain) {
    const geometry = runtime.integers(geometryFields(sizes));
    functions.depthwiseInput(from, weights, to, geometry, 0, sizes.batchSize);
    return dx;
  }
  const [flipped] = runtime.scratch(4 * size(filter.shape));
  const cells = sizes.filterHeight * sizes.filterWidth;
  functions.flipDepthwiseFilter(weights, cells, sizes.inChannels, flipped);
  const geometry = runtime.integers(inputGradientFields(sizes));
  functions.depthwise(from, flipped, to, geometry, 0, sizes.batchSize);
  return dx;
}
