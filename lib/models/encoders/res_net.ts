import {
  activation,
  batchNorm,
  conv2d,
  globalAveragePool,
  groupNorm,
  type Layer,
  maxPool,
  residual,
} from "../layers/mod.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode resNet}. */
export interface ResNetOptions {
  /** Filters of the first stage; each further stage has twice those of the one before. Default 64. */
  readonly width?: number;
  /** Residual blocks in each stage. Default `[2, 2, 2, 2]`: 18 layers with weights. */
  readonly blocks?: readonly number[];
  /**
   * `"small"` images, about 32 pixels, begin with a 3 x 3 convolution; `"large"` ones, about 224,
   * with a 7 x 7 convolution of stride 2 and a pooling by 2. Default `"small"`.
   */
  readonly images?: "small" | "large";
  /** Default `"group"`, which does not mix the examples of a batch. */
  readonly norm?: "group" | "batch";
  /** `"pooled"`: the mean over space; `"image"`: features with space. Default `"pooled"`. */
  readonly output?: "pooled" | "image";
}

/**
 * A residual network in the style of ResNet-18 (He et al. 2016): stages of blocks of two 3 x 3
 * convolutions, each stage but the first at half the size with twice the filters.
 * `[batch, height, width, channels]` to `[batch, units]` (8 times the width in four stages) or to
 * `[batch, height / 8, width / 8, units]`.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const narrow = encoders.resNet({ width: 16, output: "image" });
 * ```
 */
export function resNet(options: ResNetOptions = {}): Encoder {
  const { width = 64, blocks = [2, 2, 2, 2], images = "small", output = "pooled" } = options;
  const norm = options.norm === "batch" ? batchNorm() : groupNorm();
  const relu = activation({ activation: "relu" });
  const convolution = (filters: number, kernel: number, stride = 1): Layer[] => [
    conv2d({ filters, kernel, stride, padding: "same", bias: false }),
    norm,
  ];
  const first = images === "small"
    ? [...convolution(width, 3), relu]
    : [...convolution(width, 7, 2), relu, maxPool()];
  const block = (filters: number, stride: number, changes: boolean): Layer[] => [
    residual({
      layers: [...convolution(filters, 3, stride), relu, ...convolution(filters, 3)],
      shortcut: changes ? convolution(filters, 1, stride) : [],
    }),
    relu,
  ];
  return encoder("ResNet", [
    { name: "conv", layers: first },
    ...blocks.map((count, stage) => ({
      name: `stage ${stage + 1}`,
      layers: Array.from(
        { length: count },
        (_, at) => block(width * 2 ** stage, at === 0 && stage > 0 ? 2 : 1, at === 0 && stage > 0),
      ).flat(),
    })),
    ...(output === "pooled" ? [{ name: "mean", layers: [globalAveragePool()] }] : []),
  ]);
}
