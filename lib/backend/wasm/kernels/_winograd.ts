import type { TensorInfo } from "@tensorflow/tfjs";
import { align, type Runtime, type Work } from "../runtime.ts";
import { geometryFields, inputGradientFields } from "./_geometry.ts";
import type { Sizes } from "./convolution.ts";

const TILE = 4;
const POINTS = 36;
/** Multiplications of the direct way for each output pixel and pair of channels. */
const DIRECT = 9;
/** Channels below which the transforms cost more than the multiplications that they save. */
const LEAST_CHANNELS = 8;
/** Tiles below which transforming the filter costs more than the multiplications that are saved. */
const LEAST_TILES = 12;
/** What a multiplication of this way costs in those of the direct way, its transforms included. */
const PRICE = 1.5;

/**
 * Whether Winograd's algorithm is the faster way for a convolution, or for its gradients: filters of
 * 3 x 3 without strides, channels that fill vectors, and images that fill tiles well enough.
 */
export function winogradPays(sizes: Sizes): boolean {
  const { inChannels, outChannels, outHeight, outWidth } = sizes;
  const fits = sizes.filterHeight === 3 && sizes.filterWidth === 3 &&
    sizes.strideHeight === 1 && sizes.strideWidth === 1 &&
    sizes.dilationHeight === 1 && sizes.dilationWidth === 1 &&
    inChannels % 4 === 0 && outChannels % 4 === 0 &&
    Math.min(inChannels, outChannels) >= LEAST_CHANNELS;
  const tiles = Math.ceil(outHeight / TILE) * Math.ceil(outWidth / TILE);
  return fits && sizes.batchSize * tiles >= LEAST_TILES &&
    PRICE * POINTS * tiles < DIRECT * outHeight * outWidth;
}

/** A convolution to compute: over which images, to which. */
export interface Layer {
  /** The fields of its geometry. */
  readonly fields: readonly number[];
  readonly images: number;
  /** Of an image that is written. */
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** The convolution itself, whose geometry also serves the gradient with respect to the filter. */
export function forwardLayer(sizes: Sizes): Layer {
  return {
    fields: geometryFields(sizes),
    images: sizes.batchSize,
    height: sizes.outHeight,
    width: sizes.outWidth,
    inChannels: sizes.inChannels,
    outChannels: sizes.outChannels,
  };
}

/** The convolution over dy that gives the gradient with respect to the input. */
export function inputGradientLayer(sizes: Sizes): Layer {
  return {
    fields: inputGradientFields(sizes),
    images: sizes.batchSize,
    height: sizes.inHeight,
    width: sizes.inWidth,
    inChannels: sizes.outChannels,
    outChannels: sizes.inChannels,
  };
}

/** Rows of tiles of all images, and the multiplications that they take. */
function rowsOfTiles({ images, height, width, inChannels, outChannels }: Layer): Work {
  const high = Math.ceil(height / TILE);
  const tiles = images * high * Math.ceil(width / TILE);
  return { items: images * high, work: POINTS * tiles * inChannels * outChannels };
}

/**
 * Writes a convolution to `y`. `turned`: the one over dy that gives the gradient with respect to the
 * input.
 */
export function winogradConvolution(
  runtime: Runtime,
  x: TensorInfo,
  filter: TensorInfo,
  y: TensorInfo,
  layer: Layer,
  turned: boolean,
): void {
  const { functions } = runtime;
  const geometry = runtime.integers(layer.fields);
  const each = align(functions.winogradScratch(geometry));
  const [panels, forFilter, scratch] = runtime.scratch(
    POINTS * 4 * layer.inChannels * functions.panelColumns(layer.outChannels),
    functions.winogradFilterScratch(geometry),
    each * runtime.threads,
  );
  const [from, weights, to] = [x, filter, y].map((tensor) => runtime.pointer(tensor));
  functions.winogradFilter(weights, geometry, Number(turned), panels, forFilter);
  runtime.run("winograd", runtime.plan(rowsOfTiles(layer)), (part) => [
    from,
    panels,
    to,
    geometry,
    part.begin(),
    part.end(),
    part.own(scratch, each),
  ]);
}

/** Writes the gradient with respect to the filter to `df`. */
export function winogradFilterGradient(
  runtime: Runtime,
  x: TensorInfo,
  dy: TensorInfo,
  df: TensorInfo,
  layer: Layer,
): void {
  const { functions } = runtime;
  const geometry = runtime.integers(layer.fields);
  const each = align(functions.winogradScratch(geometry));
  const count = POINTS * layer.inChannels * layer.outChannels;
  const bytes = align(4 * count);
  const plan = runtime.plan({ ...rowsOfTiles(layer), most: 2 * runtime.threads });
  const [sums, forFilter, slots, scratch] = runtime.scratch(
    bytes,
    functions.winogradFilterScratch(geometry),
    plan.chunks > 1 ? bytes * plan.chunks : 0,
    each * runtime.threads,
  );
  const [from, gradients, to] = [x, dy, df].map((tensor) => runtime.pointer(tensor));
  runtime.run("winogradFilterGradient", plan, (part) => [
    from,
    gradients,
    plan.chunks > 1 ? part.slot(slots, bytes) : sums,
    geometry,
    part.begin(),
    part.end(),
    part.own(scratch, each),
  ]);
  runtime.addSlots(sums, count, slots, bytes, plan);
  functions.winogradFilterSums(sums, geometry, to, forFilter);
}
