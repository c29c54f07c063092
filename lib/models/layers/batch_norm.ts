import * as tf from "@tensorflow/tfjs";
import { type MaskZerosOption, paddingHasNone, presentSteps } from "./_padding.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode batchNorm}. */
export interface BatchNormOptions extends MaskZerosOption {
  /** Share of the moving averages that is kept at each step of training, in [0, 1). Default 0.9. */
  readonly decay?: number;
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Scales each channel (last axis) to mean 0 and variance 1, then by a learned factor and offset
 * (Ioffe and Szegedy 2015). While training with the figures of the batch, afterwards with moving
 * averages of them, which are saved with the model; they move once a step, however often a balancer
 * looks at the batch. In a batch of several tasks or data sets all
 * examples count alike; where that is not wanted, take `groupNorm` or `layerNorm`.
 *
 * ```ts
 * import { layers } from "polytask";
 * const block = [
 *   layers.conv2d({ filters: 16, kernel: 3 }),
 *   layers.batchNorm(),
 *   layers.activation({ activation: "relu" }),
 * ];
 * ```
 * @throws {RangeError} When a setting is out of range.
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const { decay = 0.9, epsilon = 1e-5, maskZeros = false } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`batchNorm: decay must be in [0, 1), but is ${decay}.`);
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`batchNorm: epsilon must be a number above 0, but is ${epsilon}.`);
  }
  return {
    kind: "batchNorm",
    configuration: { decay, epsilon, ...maskZeros && { maskZeros } },
    detail: "batch norm",
    build(inputShape, scope) {
      if (inputShape.length < 1 || (maskZeros && inputShape.length !== 2)) {
        throw new RangeError(
          `batchNorm takes rows of shape ${
            maskZeros ? "[time, channels]" : "[..., channels]"
          }, but gets [${inputShape}].`,
        );
      }
      const channels = inputShape[inputShape.length - 1];
      const scale = scope.variable("scale", [channels], { kind: "ones" });
      const offset = scope.variable("offset", [channels], { kind: "zeros" });
      const mean = scope.state("moving mean", [channels], { kind: "zeros" });
      const variance = scope.state("moving variance", [channels], { kind: "ones" });
      return {
        outputShape: inputShape,
        apply: (input, { training, averaging = 1 }) =>
          tf.tidy(() => {
            const present = maskZeros ? presentSteps(input) : undefined;
            const now = training ? figuresOf(input, channels, present) : { mean, variance };
            if (training && averaging > 0) {
              follow(mean, now.mean, decay ** averaging);
              follow(variance, now.variance, decay ** averaging);
            }
            const result = input.sub(now.mean).mul(now.variance.add(epsilon).rsqrt())
              .mul(scale).add(offset);
            return present ? result.mul(present) : result;
          }),
        counterpart: maskZeros ? paddingHasNone : (input, layers) =>
          layers.apply(
            (name) => tf.layers.batchNormalization({ name, epsilon, momentum: decay }),
            input,
            [scale, offset, mean, variance],
          ),
      };
    },
  };
}

/** Mean and variance of each channel, over all places or over the time steps that are there. */
function figuresOf(
  input: tf.Tensor,
  channels: number,
  present?: tf.Tensor3D,
): { mean: tf.Tensor; variance: tf.Tensor } {
  const rows = input.reshape([-1, channels]);
  if (!present) {
    const mean = rows.mean(0);
    return { mean, variance: rows.sub(mean).square().mean(0) };
  }
  const counted = present.reshape([-1, 1]);
  const count = tf.maximum(counted.sum(), 1);
  const mean = rows.mul(counted).sum(0).div(count);
  return { mean, variance: rows.sub(mean).square().mul(counted).sum(0).div(count) };
}

/** Moves an average towards a new figure; not part of the gradient. */
function follow(average: tf.Variable, figure: tf.Tensor, decay: number): void {
  average.assign(average.mul(decay).add(figure.mul(1 - decay)));
}
