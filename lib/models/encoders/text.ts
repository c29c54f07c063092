import {
  branches,
  conv1d,
  dense,
  dropout,
  embedding,
  globalAveragePool,
  globalMaxPool,
  gru as gruLayer,
  keepPadding,
  type Layer,
  layerNorm,
  lstm as lstmLayer,
  positions,
  residual,
  selfAttention,
} from "../layers/mod.ts";
import { type Encoder, encoder, type Stage } from "./encoder.ts";

/** Settings that all encoders of texts have. */
export interface TextOptions {
  /** Number of indices, padding (0) and unknown words included: `vocabulary.size`. */
  readonly vocabulary: number;
  /**
   * `"steps"`: features of every word, `[batch, length, units]`, 0 at padding, for tagging.
   * `"pooled"`: one vector a text, `[batch, units]`. Default `"pooled"`.
   */
  readonly output?: "steps" | "pooled";
  /** Share of numbers silenced in training, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/** Settings of {@linkcode textCnn}. */
export interface TextCnnOptions extends TextOptions {
  /** Numbers for a word. Default 64. */
  readonly embedding?: number;
  /** Filters of each window. Default 64. */
  readonly filters?: number;
  /** Words in each window. Default `[3, 4, 5]`. */
  readonly windows?: readonly number[];
}

/**
 * Convolutions over windows of several lengths, side by side, and the largest of each filter (Kim
 * 2014): texts of indices `[batch, length]` to `[batch, filters * windows]`.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const encoder = encoders.textCnn({ vocabulary: 5000, filters: 32 });
 * ```
 */
export function textCnn(options: TextCnnOptions): Encoder {
  const { vocabulary, embedding: units = 64, filters = 64, windows = [3, 4, 5] } = options;
  const convolutions = branches({
    branches: windows.map((kernel) => [conv1d({ filters, kernel, activation: "relu" })]),
  });
  return encoder("text CNN", [
    { name: "words", layers: [embedding({ size: vocabulary, units }), ...silenced(options)] },
    { name: "windows", layers: [keepPadding({ layers: [convolutions] })] },
    ...pooledBy(options, globalMaxPool({ maskZeros: true })),
  ]);
}

/** Settings of {@linkcode lstm} and {@linkcode gru}. */
export interface RecurrentTextOptions extends TextOptions {
  /** Numbers for a word. Default 64. */
  readonly embedding?: number;
  /** Numbers in the state of each layer, for each direction. Default `[64]`. */
  readonly units?: readonly number[];
  /** Whether texts are read in both directions, which doubles the features. Default `true`. */
  readonly bidirectional?: boolean;
}

/**
 * Long short-term memory over words, in both directions (BiLSTM): texts of indices
 * `[batch, length]` to `[batch, length, 2 * units]` or the largest of each over the words.
 *
 * ```ts
 * import { encoders, hardSharing, tagging } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.lstm({ vocabulary: 5000, units: [32], output: "steps" }),
 *   tasks: [tagging("partOfSpeech", { classes: 17 }), tagging("names", { classes: 13, crf: true })],
 * });
 * ```
 */
export function lstm(options: RecurrentTextOptions): Encoder {
  return recurrent("LSTM", options, lstmLayer);
}

/**
 * Gated recurrent units over words, in both directions unless asked otherwise: texts of indices
 * `[batch, length]` to `[batch, length, 2 * units]` or the largest of each over the words.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const forward = encoders.gru({ vocabulary: 30, units: [48], bidirectional: false });
 * ```
 */
export function gru(options: RecurrentTextOptions): Encoder {
  return recurrent("GRU", options, gruLayer);
}

function recurrent(name: string, options: RecurrentTextOptions, layer: typeof lstmLayer): Encoder {
  const { vocabulary, embedding: width = 64, units = [64], bidirectional = true } = options;
  return encoder(bidirectional ? `Bi${name}` : name, [
    {
      name: "words",
      layers: [embedding({ size: vocabulary, units: width }), ...silenced(options)],
    },
    ...units.map((count, at) => ({
      name: `states ${at + 1}`,
      layers: [layer({ units: count, bidirectional, maskZeros: true }), ...silenced(options)],
    })),
    ...pooledBy(options, globalMaxPool({ maskZeros: true })),
  ]);
}

/** Settings of {@linkcode transformer}. */
export interface TransformerOptions extends TextOptions {
  /** Numbers for a word; the heads divide them. Default 64. */
  readonly units?: number;
  /** Heads of each attention. Default 4. */
  readonly heads?: number;
  /** Blocks of attention and dense layers. Default 2. */
  readonly blocks?: number;
  /** Units of the hidden ReLU layer of a block. Default 4 times `units`. */
  readonly hidden?: number;
}

/**
 * A small transformer (Vaswani et al. 2017) with learned places, normalised before each layer:
 * texts of indices `[batch, length]` to `[batch, length, units]` or their mean over the words.
 * Nobody reads padding.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const encoder = encoders.transformer({ vocabulary: 5000, units: 32, blocks: 1, dropout: 0.1 });
 * ```
 */
export function transformer(options: TransformerOptions): Encoder {
  const { vocabulary, units = 64, heads = 4, blocks = 2, hidden = 4 * units } = options;
  const maskZeros = true;
  const norm = layerNorm({ maskZeros });
  const around = (...layers: Layer[]) =>
    residual({ layers: [norm, ...layers, ...silenced(options)], maskZeros });
  return encoder("transformer", [
    {
      name: "words",
      layers: [embedding({ size: vocabulary, units }), positions({ maskZeros })],
    },
    ...Array.from({ length: blocks }, (_, at) => ({
      name: `block ${at + 1}`,
      layers: [
        around(selfAttention({ heads, maskZeros })),
        around(dense({ units: hidden, activation: "relu" }), dense({ units })),
      ],
    })),
    { name: "norm", layers: [norm] },
    ...pooledBy(options, globalAveragePool({ maskZeros })),
  ]);
}

function silenced({ dropout: rate = 0 }: TextOptions): Layer[] {
  return rate > 0 ? [dropout({ rate })] : [];
}

function pooledBy({ output = "pooled" }: TextOptions, pool: Layer): Stage[] {
  return output === "pooled" ? [{ name: "pool", layers: [pool] }] : [];
}
