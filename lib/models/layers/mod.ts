/**
 * Layers: the smallest parts of encoders.
 * @module
 */
import type { LayerMaker, SavedLayer } from "./_sequence.ts";
import { batchNorm } from "./batch_norm.ts";
import { branchesFrom, keepPaddingFrom, residualFrom } from "./combine.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { embedCategories } from "./embed_categories.ts";
import { embedding } from "./embedding.ts";
import type { Layer } from "./layer.ts";
import { groupNorm, layerNorm } from "./normalisation.ts";
import { globalAveragePool, globalMaxPool, maxPool } from "./pooling.ts";
import { gru, lstm } from "./recurrent.ts";
import { positions, selfAttention } from "./self_attention.ts";
import { depthwiseConv2d, separableConv2d } from "./separable_conv2d.ts";
import { activation, dropout, flatten } from "./simple.ts";
import { reshape, resize, transposedConv2d, upSample } from "./up_sampling.ts";

export type { MaskZerosOption } from "./_padding.ts";
export { batchNorm, type BatchNormOptions } from "./batch_norm.ts";
export {
  branches,
  type BranchesOptions,
  keepPadding,
  type KeepPaddingOptions,
  residual,
  type ResidualOptions,
} from "./combine.ts";
export { conv1d, type Conv1dOptions } from "./conv1d.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { dense, type DenseOptions } from "./dense.ts";
export { embedCategories, type EmbedCategoriesOptions } from "./embed_categories.ts";
export { embedding, type EmbeddingOptions } from "./embedding.ts";
export {
  groupNorm,
  type GroupNormOptions,
  layerNorm,
  type LayerNormOptions,
} from "./normalisation.ts";
export { globalAveragePool, globalMaxPool, maxPool, type MaxPoolOptions } from "./pooling.ts";
export { gru, lstm, type RecurrentOptions } from "./recurrent.ts";
export {
  positions,
  type PositionsOptions,
  selfAttention,
  type SelfAttentionOptions,
} from "./self_attention.ts";
export {
  depthwiseConv2d,
  type DepthwiseConv2dOptions,
  separableConv2d,
  type SeparableConv2dOptions,
} from "./separable_conv2d.ts";
export { activation, dropout, flatten } from "./simple.ts";
export {
  reshape,
  resize,
  type ResizeOptions,
  transposedConv2d,
  type TransposedConv2dOptions,
  upSample,
  type UpSampleOptions,
} from "./up_sampling.ts";
export type { Counterpart, LayersScope, WeightSource } from "./counterpart.ts";
export type { Activation, BuiltLayer, ForwardContext, Layer } from "./layer.ts";

/** Makers by kind; those of layers that hold layers are also given the maker of all. */
const makers: Readonly<Record<string, (configuration: never, make: LayerMaker) => Layer>> = {
  activation,
  batchNorm,
  branches: branchesFrom,
  conv1d,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  embedCategories,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  keepPadding: keepPaddingFrom,
  layerNorm,
  lstm,
  maxPool,
  positions,
  reshape,
  residual: residualFrom,
  resize,
  selfAttention,
  separableConv2d,
  transposedConv2d,
  upSample,
};

/**
 * The layer that a saved kind and configuration describe.
 * @throws {RangeError} When the kind is not one of polytask's.
 */
export function layerFromConfiguration(
  kind: string,
  configuration: Readonly<Record<string, unknown>>,
): Layer {
  const make = makers[kind];
  if (!make) {
    throw new RangeError(
      `A saved layer is of kind "${kind}", but this version knows ${
        Object.keys(makers).join(", ")
      }.`,
    );
  }
  const makeInner = ({ kind, ...settings }: SavedLayer) => layerFromConfiguration(kind, settings);
  return make(configuration as never, makeInner);
}
