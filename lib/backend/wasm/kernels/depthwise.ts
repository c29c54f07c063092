import type { TensorInfo } from "@tensorflow/tfjs";
import { register, requireFloat32, size } from "../register.ts";
import { align, type Runtime, type Work } from "../runtime.ts";
import { type Activation, finish } from "./_activation.ts";
import { geometryFields, inputGradientFields } from "./_geometry.ts";
import { type ConvolutionAttributes, convolutionSizes, type Sizes } from "./convolution.ts";

interface FusedAttributes extends ConvolutionAttributes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

/** A product here is bound by loads, and takes about twice as long as one of a matrix product. */
const WORK_PER_CELL = 2;

/** DepthwiseConv2dNative, FusedDepthwiseConv2D and both gradients. */
export function registerDepthwise(runtime: Runtime): void {
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
      const [from, gradient, to] = [x, dy, df].map((tensor) => runtime.pointer(tensor));
      const bytes = align(4 * size(df.shape));
      const plan = runtime.plan({ ...imageWork(sizes), most: 2 * runtime.threads });
      const [sums] = runtime.scratch(plan.chunks > 1 ? bytes * plan.chunks : 0);
      runtime.run("depthwiseFilter", plan, (part) => [
        from,
        gradient,
        plan.chunks > 1 ? part.slot(sums, bytes) : to,
        geometry,
        part.begin(),
        part.end(),
      ]);
      runtime.addSlots(to, size(df.shape), sums, bytes, plan);
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
  const geometry = runtime.integers(geometryFields(sizes));
  const [from, weights, to] = [x, filter, y].map((tensor) => runtime.pointer(tensor));
  runImages(runtime, "depthwise", sizes, [from, weights, to, geometry]);
  return y;
}

/** The work of a depthwise convolution, an image an item. */
function imageWork(sizes: Sizes): Work {
  const cells = sizes.filterHeight * sizes.filterWidth;
  return { items: sizes.batchSize, work: size(sizes.outShape) * cells * WORK_PER_CELL };
}

/** Runs a function on all images; `values` are its arguments up to the geometry. */
function runImages(
  runtime: Runtime,
  name: "depthwise" | "depthwiseInput",
  sizes: Sizes,
  values: readonly number[],
): void {
  const plan = runtime.plan(imageWork(sizes));
  runtime.run(name, plan, (part) => [...values, part.begin(), part.end()]);
}

function inputGradient(
  runtime: Runtime,
  dy: TensorInfo,
  filter: TensorInfo,
  inputShape: readonly number[],
  sizes: Sizes,
): TensorInfo {
  const dx = runtime.output(inputShape);
  const from = runtime.pointer(dy);
  const weights = runtime.pointer(filter);
  const to = runtime.pointer(dx);
  const plain = sizes.strideHeight === 1 && sizes.strideWidth === 1 &&
    sizes.inChannels === sizes.outChannels;
  if (!plain) {
    const geometry = runtime.integers(geometryFields(sizes));
    runImages(runtime, "depthwiseInput", sizes, [from, weights, to, geometry]);
    return dx;
  }
  const [flipped] = runtime.scratch(4 * size(filter.shape));
  const cells = sizes.filterHeight * sizes.filterWidth;
  runtime.functions.flipDepthwiseFilter(weights, cells, sizes.inChannels, flipped);
  const geometry = runtime.integers(inputGradientFields(sizes));
  runImages(runtime, "depthwise", sizes, [from, flipped, to, geometry]);
  return dx;
}
