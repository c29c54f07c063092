import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { register, requireFloat32, size } from "../register.ts";
import { align, type Runtime } from "../runtime.ts";
import { type Activation, finish } from "./_activation.ts";
import { geometryFields, inputGradientFields } from "./_geometry.ts";
import {
  forwardLayer,
  inputGradientLayer,
  winogradConvolution,
  winogradFilterGradient,
  winogradPays,
} from "./_winograd.ts";
import { gemm } from "./matrix_product.ts";

/** Attributes that all two-dimensional convolutions share. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  /** Depthwise layers of TensorFlow.js give null for 1. */
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

interface FusedAttributes extends ConvolutionAttributes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

type Shape4D = [number, number, number, number];
/** Sizes of a convolution, as TensorFlow.js computes them. */
export type Sizes = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Conv2D, FusedConv2D and both gradients of Conv2D, for images with the channels last. */
export function registerConvolution(runtime: Runtime): void {
  register<"x" | "filter", ConvolutionAttributes>("Conv2D", ({ x, filter }, attributes) => {
    return convolution(runtime, x, filter, convolutionSizes(x.shape, filter.shape, attributes));
  });
  register<"x" | "filter" | "bias" | "preluActivationWeights", FusedAttributes>(
    "FusedConv2D",
    ({ x, filter, ...ending }, attributes) => {
      const sizes = convolutionSizes(x.shape, filter.shape, attributes);
      return finish(runtime, convolution(runtime, x, filter, sizes), { ...attributes, ...ending });
    },
  );
  register<"x" | "dy", ConvolutionAttributes & { filterShape: number[] }>(
    "Conv2DBackpropFilter",
    ({ x, dy }, attributes) => {
      const sizes = convolutionSizes(x.shape, attributes.filterShape, attributes);
      return filterGradient(runtime, x, dy, attributes.filterShape, sizes);
    },
  );
  register<"dy" | "filter", ConvolutionAttributes & { inputShape: number[] }>(
    "Conv2DBackpropInput",
    ({ dy, filter }, attributes) => {
      const sizes = convolutionSizes(attributes.inputShape, filter.shape, attributes);
      return inputGradient(runtime, dy, filter, attributes.inputShape, sizes);
    },
  );
}

/** The sizes of a convolution; `depthwise` for one filter set a channel. */
export function convolutionSizes(
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): Sizes {
  const { strides, dilations, pad, dataFormat = "NHWC", dimRoundingMode } = attributes;
  if (dataFormat !== "NHWC") {
    throw new Error("conv2d on the wasm backend needs the channels last: dataFormat NHWC.");
  }
  return tf.backend_util.computeConv2DInfo(
    inShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/** Whether every output pixel sees just the input pixel at its own place. */
function isPointwise(sizes: Sizes): boolean {
  return sizes.filterHeight === 1 && sizes.filterWidth === 1 && sizes.strideHeight === 1 &&
    sizes.strideWidth === 1 && sizes.padInfo.top === 0 && sizes.padInfo.left === 0 &&
    sizes.outHeight === sizes.inHeight && sizes.outWidth === sizes.inWidth;
}

function convolution(
  runtime: Runtime,
  x: TensorInfo,
  filter: TensorInfo,
  sizes: Sizes,
): TensorInfo {
  requireFloat32("conv2d", x, filter);
  const y = runtime.output(sizes.outShape);
  if (size(y.shape) === 0) return y;
  if (size(filter.shape) === 0 || size(x.shape) === 0) {
    runtime.values(y).fill(0);
    return y;
  }
  if (winogradPays(sizes)) {
    winogradConvolution(runtime, x, filter, y, forwardLayer(sizes), false);
    return y;
  }
  const { functions } = runtime;
  const depth = sizes.filterHeight * sizes.filterWidth * sizes.inChannels;
  const columns = sizes.outChannels;
  const geometry = runtime.integers(geometryFields(sizes));
  const each = align(functions.convolveScratch(geometry));
  const [panels, scratch] = runtime.scratch(
    4 * depth * functions.panelColumns(columns),
    each * runtime.threads,
  );
  functions.packPanels(runtime.pointer(filter), columns, depth, columns, panels);
  const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
  const plan = runtime.plan({ items: sizes.batchSize, work: size(y.shape) * depth });
  runtime.run("convolve", plan, (part) => [
    from,
    panels,
    to,
    geometry,
    part.begin(),
    part.end(),
    part.own(scratch, each),
  ]);
  return y;
}

function filterGradient(
  runtime: Runtime,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: readonly number[],
  sizes: Sizes,
): TensorInfo {
  requireFloat32("the filter gradient of conv2d", x, dy);
  const df = runtime.output(filterShape);
  if (size(dy.shape) === 0 || size(x.shape) === 0 || size(filterShape) === 0) {
    runtime.values(df).fill(0);
    return df;
  }
  if (winogradPays(sizes)) {
    winogradFilterGradient(runtime, x, dy, df, forwardLayer(sizes));
    return df;
  }
  const xPointer = runtime.pointer(x);
  const dyPointer = runtime.pointer(dy);
  const to = runtime.pointer(df);
  if (isPointwise(sizes)) {
    const { inChannels, outChannels } = sizes;
    const pixels = sizes.batchSize * sizes.outHeight * sizes.outWidth;
    gemm(
      runtime,
      { pointer: xPointer, stride: inChannels, transpose: true },
      { pointer: dyPointer, stride: outChannels, transpose: false },
      to,
      inChannels,
      outChannels,
      pixels,
    );
    return df;
  }
  const geometry = runtime.integers(geometryFields(sizes));
  const each = align(runtime.functions.filterGradientScratch(geometry));
  const bytes = align(4 * size(filterShape));
  const plan = runtime.plan({
    items: sizes.batchSize,
    work: size(dy.shape) * size(filterShape) / sizes.outChannels,
    most: 2 * runtime.threads,
  });
  const [scratch, sums] = runtime.scratch(
    each * runtime.threads,
    plan.chunks > 1 ? bytes * plan.chunks : 0,
  );
  runtime.run("filterGradient", plan, (part) => [
    xPointer,
    dyPointer,
    plan.chunks > 1 ? part.slot(sums, bytes) : to,
    geometry,
    part.begin(),
    part.end(),
    part.own(scratch, each),
  ]);
  runtime.addSlots(to, size(filterShape), sums, bytes, plan);
  return df;
}

function inputGradient(
  runtime: Runtime,
  dy: TensorInfo,
  filter: TensorInfo,
  inputShape: readonly number[],
  sizes: Sizes,
): TensorInfo {
  requireFloat32("the input gradient of conv2d", dy, filter);
  const dx = runtime.output(inputShape);
  if (size(inputShape) === 0) return dx;
  if (size(dy.shape) === 0 || size(filter.shape) === 0) {
    runtime.values(dx).fill(0);
    return dx;
  }
  if (winogradPays(sizes)) {
    winogradConvolution(runtime, dy, filter, dx, inputGradientLayer(sizes), true);
    return dx;
  }
  const { functions } = runtime;
  const from = runtime.pointer(dy);
  const weights = runtime.pointer(filter);
  const to = runtime.pointer(dx);
  const work = size(dy.shape) * size(filter.shape) / sizes.outChannels;
  const plan = runtime.plan({ items: sizes.batchSize, work });
  if (sizes.strideHeight === 1 && sizes.strideWidth === 1) {
    const geometry = runtime.integers(inputGradientFields(sizes));
    const each = align(functions.convolveScratch(geometry));
    const [panels, scratch] = runtime.scratch(
      4 * sizes.filterHeight * sizes.filterWidth * sizes.outChannels *
        functions.panelColumns(sizes.inChannels),
      each * runtime.threads,
    );
    functions.packFlippedFilter(weights, geometry, panels);
    runtime.run("convolve", plan, (part) => [
      from,
      panels,
      to,
      geometry,
      part.begin(),
      part.end(),
      part.own(scratch, each),
    ]);
    return dx;
  }
  const geometry = runtime.integers(geometryFields(sizes));
  const patch = sizes.filterHeight * sizes.filterWidth * sizes.inChannels;
  const each = align(functions.scatterPatchesScratch(geometry));
  const [panels, scratch] = runtime.scratch(
    4 * sizes.outChannels * functions.panelColumns(patch),
    each * runtime.threads,
  );
  functions.packPanelsTransposed(
    weights,
    sizes.outChannels,
    sizes.outChannels,
    patch,
    panels,
    sizes.outChannels,
    0,
  );
  runtime.run("scatterPatches", plan, (part) => [
    from,
    panels,
    to,
    geometry,
    part.begin(),
    part.end(),
    part.own(scratch, each),
  ]);
  return dx;
}
