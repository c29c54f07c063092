import * as tf from "@tensorflow/tfjs";
import { checkWhole } from "./_checks.ts";
import { type MaskZerosOption, presentSteps } from "./_padding.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode selfAttention}. */
export interface SelfAttentionOptions extends MaskZerosOption {
  /** Number of heads; divides the units of the input. Default 4. */
  readonly heads?: number;
}

/** What is added to the score of padding, before the softmax. */
const IGNORED = -1e9;

/**
 * Multi-head self-attention (Vaswani et al. 2017): every time step of `[batch, time, units]` reads
 * all others, softmax(Q K' / sqrt(units / heads)) V in each head, then a linear layer over the
 * heads. With `maskZeros`, nobody reads padding.
 *
 * ```ts
 * import { layers } from "polytask";
 * const block = layers.residual({
 *   layers: [layers.layerNorm({ maskZeros: true }), layers.selfAttention({ maskZeros: true })],
 *   maskZeros: true,
 * });
 * ```
 * @throws {RangeError} When the units do not divide into the heads.
 */
export function selfAttention(options: SelfAttentionOptions = {}): Layer {
  const { heads = 4, maskZeros = false } = options;
  checkWhole("selfAttention", { heads });
  return {
    kind: "selfAttention",
    configuration: { heads, maskZeros },
    detail: `self-attention, ${heads} heads`,
    build(inputShape, scope) {
      if (inputShape.length !== 2) {
        throw new RangeError(
          `Self-attention takes rows of shape [time, units], but gets [${inputShape}].`,
        );
      }
      const [time, units] = inputShape;
      if (units % heads !== 0) {
        throw new RangeError(`selfAttention: ${units} units do not divide into ${heads} heads.`);
      }
      const width = units / heads;
      const glorot = { kind: "glorot", fanIn: units, fanOut: units } as const;
      const kernel = scope.variable("query, key, value", [units, 3 * units], glorot);
      const bias = scope.variable("query, key, value bias", [3 * units], { kind: "zeros" });
      const outKernel = scope.variable("output", [units, units], glorot);
      const outBias = scope.variable("output bias", [units], { kind: "zeros" });
      return {
        outputShape: inputShape,
        apply: (input) =>
          tf.tidy(() => {
            const rows = input.reshape([-1, units]);
            const projected = tf.matMul(rows, kernel).add(bias)
              .reshape([-1, time, 3, heads, width]).transpose([2, 0, 3, 1, 4]);
            const [query, key, value] = tf.unstack(projected, 0);
            let scores = tf.matMul(query, key, false, true).mul(1 / Math.sqrt(width));
            const present = maskZeros ? presentSteps(input) : undefined;
            if (present) {
              scores = scores.add(present.sub(1).mul(-IGNORED).reshape([-1, 1, 1, time]));
            }
            const read = tf.matMul(tf.softmax(scores), value).transpose([0, 2, 1, 3]);
            const result = tf.matMul(read.reshape([-1, units]), outKernel).add(outBias)
              .reshape([-1, time, units]);
            return present ? result.mul(present) : result;
          }),
      };
    },
  };
}

/** Settings of {@linkcode positions}. */
export type PositionsOptions = MaskZerosOption;

/**
 * Adds a learned vector for each place in time, so that attention can tell places apart:
 * `[batch, time, units]` stays. First values are uniform with variance `1 / units`.
 */
export function positions(options: PositionsOptions = {}): Layer {
  const { maskZeros = false } = options;
  return {
    kind: "positions",
    configuration: { maskZeros },
    detail: "places in time",
    build(inputShape, scope) {
      if (inputShape.length !== 2) {
        throw new RangeError(
          `Places in time are added to rows of shape [time, units], but get [${inputShape}].`,
        );
      }
      const [time, units] = inputShape;
      const vectors = scope.variable("vectors", [time, units], {
        kind: "glorot",
        fanIn: units,
        fanOut: units,
      });
      return {
        outputShape: inputShape,
        apply: (input) =>
          tf.tidy(() => {
            const sum = input.add(vectors);
            return maskZeros ? sum.mul(presentSteps(input)) : sum;
          }),
      };
    },
  };
}
