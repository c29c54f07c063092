import * as tf from "@tensorflow/tfjs";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode batchNorm}. */
export interface BatchNormOptions {
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
  const { decay = 0.9, epsilon = 1e-5 } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`batchNorm: decay must be in [0, 1), but is ${decay}.`);
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`batchNorm: epsilon must be a number above 0, but is ${epsilon}.`);
  }
  return {
    kind: "batchNorm",
    configuration: { decay, epsilon },
    detail: "batch norm",
    build(inputShape, scope) {
      if (inputShape.length < 1) {
        throw new RangeError("batchNorm takes rows of shape [..., channels], but gets [].");
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
            const now = training ? figuresOf(input, channels) : { mean, variance };
            if (training && averaging > 0) {
              follow(mean, now.mean, decay ** averaging);
              follow(variance, now.variance, decay ** averaging);
            }
            return input.sub(now.mean).mul(now.variance.add(epsilon).rsqrt())
              .mul(scale).add(offset);
          }),
      };
    },
  };
}

function figuresOf(input: tf.Tensor, channels: number): { mean: tf.Tensor; variance: tf.Tensor } {
  const rows = input.reshape([-1, channels]);
  const mean = rows.mean(0);
  return { mean, variance: rows.sub(mean).square().mean(0) };
}

/** Moves an average towards a new figure; not part of the gradient. */
function follow(average: tf.Variable, figure: tf.Tensor, decay: number): void {
  average.assign(average.mul(decay).add(figure.mul(1 - decay)));
}
