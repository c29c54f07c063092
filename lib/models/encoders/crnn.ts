import { activation, conv1d, globalAveragePool, lstm, maxPool } from "../layers/mod.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode crnn}. */
export interface CrnnOptions {
  /** Filters of each convolution over 5 frames. Default `[32, 64]`. */
  readonly filters?: readonly number[];
  /** Frames that each convolution is pooled over, from 1. Default 2 for the first, 1 for others. */
  readonly pools?: readonly number[];
  /** Numbers in the state of the recurrent layer, for each direction. Default 64. */
  readonly units?: number;
  /**
   * `"steps"`: features of every frame that is left, `[batch, frames / pools, 2 * units]`, for
   * spelling with `ctc`. `"pooled"`: their mean. Default `"pooled"`.
   */
  readonly output?: "steps" | "pooled";
}

/**
 * Convolutions over time and a bidirectional LSTM (convolutional recurrent network) for log-mel
 * features: `[batch, frames, bands]` to `[batch, 2 * units]` or to features of every frame left.
 *
 * ```ts
 * import { ctc, encoders, hardSharing } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.crnn({ filters: [32], units: 32, output: "steps" }),
 *   tasks: [ctc("spelling", { symbols: [..."efghinorstuvwxz"] })],
 * });
 * ```
 * @throws {RangeError} When there are not as many pools as convolutions.
 */
export function crnn(options: CrnnOptions = {}): Encoder {
  const { filters = [32, 64], units = 64, output = "pooled" } = options;
  const pools = options.pools ?? filters.map((_, at) => at === 0 ? 2 : 1);
  if (pools.length !== filters.length) {
    throw new RangeError(
      `crnn: give one pool for each of ${filters.length} convolutions, not ${pools.length}.`,
    );
  }
  const relu = activation({ activation: "relu" });
  return encoder("CRNN", [
    ...filters.map((count, at) => ({
      name: `conv ${at + 1}`,
      layers: [
        conv1d({ filters: count, kernel: 5 }),
        ...(pools[at] > 1 ? [maxPool({ size: pools[at] })] : []),
        relu,
      ],
    })),
    { name: "states", layers: [lstm({ units, bidirectional: true })] },
    ...(output === "pooled" ? [{ name: "mean", layers: [globalAveragePool()] }] : []),
  ]);
}
