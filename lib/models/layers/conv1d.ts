import * as tf from "@tensorflow/tfjs";
import { finish } from "./_activation.ts";
import { asFloat, checkWhole } from "./_checks.ts";
import { type Activation, activationName, type Layer } from "./layer.ts";

/** Settings of {@linkcode conv1d}. */
export interface Conv1dOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Length of the kernel, in time steps. */
  readonly kernel: number;
  /** Step between outputs, in time steps. Default 1. */
  readonly stride?: number;
  /** `"same"` pads with zeros so that the length stays (at stride 1). Default `"same"`. */
  readonly padding?: "valid" | "same";
  /** Default `"linear"`. */
  readonly activation?: Activation;
}

/**
 * A convolution over time: `[batch, time, channels]` to `[batch, time, filters]`.
 * @throws {RangeError} When a setting is not a whole number from 1.
 */
export function conv1d(options: Conv1dOptions): Layer {
  const { filters, kernel, stride = 1, padding = "same", activation = "linear" } = options;
  checkWhole("conv1d", { filters, kernel, stride });
  return {
    kind: "conv1d",
    configuration: { filters, kernel, stride, padding, activation },
    detail: `${kernel} steps, ${filters} filters${activationName(activation)}`,
    build(inputShape, scope) {
      if (inputShape.length !== 2) {
        throw new RangeError(
          `A 1-D convolution takes rows of shape [time, channels], but gets [${inputShape}].`,
        );
      }
      const [time, channels] = inputShape;
      const steps = padding === "same"
        ? Math.ceil(time / stride)
        : Math.floor((time - kernel) / stride) + 1;
      if (steps < 1) {
        throw new RangeError(
          `A convolution over ${kernel} steps does not fit on ${time} time steps.`,
        );
      }
      const fanIn = kernel * channels;
      const weights = scope.variable(
        "kernel",
        [1, kernel, channels, filters],
        activation === "relu"
          ? { kind: "he", fanIn }
          : { kind: "glorot", fanIn, fanOut: kernel * filters },
      );
      const bias = scope.variable("bias", [filters], { kind: "zeros" });
      return {
        outputShape: [steps, filters],
        apply: (input) =>
          tf.tidy(() => {
            const filter = weights as tf.Tensor as tf.Tensor4D;
            const image = asFloat(input).reshape([-1, 1, time, channels]) as tf.Tensor4D;
            const product = tf.conv2d(image, filter, [1, stride], padding);
            return finish(product, bias, activation).reshape([-1, steps, filters]);
          }),
        counterpart: (input, scope) =>
          scope.apply(
            (name) =>
              tf.layers.conv1d({
                name,
                filters,
                kernelSize: kernel,
                strides: stride,
                padding,
                activation,
              }),
            input,
            [weights, bias],
          ),
      };
    },
  };
}
