import * as tf from "@tensorflow/tfjs";
import { finish } from "./_activation.ts";
import { asFloat, checkWhole } from "./_checks.ts";
import { type Activation, activationName, type Layer } from "./layer.ts";

/** Settings of {@linkcode conv2d}. */
export interface Conv2dOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Side of the square kernel, in pixels. */
  readonly kernel: number;
  /** Step between outputs, in pixels. Default 1. */
  readonly stride?: number;
  /** `"same"` pads with zeros so that the size stays (at stride 1). Default `"valid"`. */
  readonly padding?: "valid" | "same";
  /** Default `"linear"`. */
  readonly activation?: Activation;
  /** Whether a learned number is added to each channel. Default `true`. */
  readonly bias?: boolean;
}

/**
 * A convolution over images: `[batch, height, width, channels]` to `[..., filters]`.
 * @throws {RangeError} When a setting is not a whole number from 1.
 */
export function conv2d(options: Conv2dOptions): Layer {
  const { filters, kernel, stride = 1, padding = "valid", activation = "linear" } = options;
  const { bias: biased = true } = options;
  checkWhole("conv2d", { filters, kernel, stride });
  return {
    kind: "conv2d",
    configuration: { filters, kernel, stride, padding, activation, bias: biased },
    detail: `${kernel} x ${kernel}, ${filters} filters${activationName(activation)}`,
    build(inputShape, scope) {
      if (inputShape.length !== 3) {
        throw new RangeError(
          `A 2-D convolution takes rows of shape [height, width, channels], but gets [${inputShape}].`,
        );
      }
      const [height, width, channels] = inputShape;
      const side = (length: number) =>
        padding === "same"
          ? Math.ceil(length / stride)
          : Math.floor((length - kernel) / stride) + 1;
      const outputShape = [side(height), side(width), filters];
      if (outputShape[0] < 1 || outputShape[1] < 1) {
        throw new RangeError(
          `A ${kernel} x ${kernel} convolution does not fit on an image of ${height} x ${width}.`,
        );
      }
      const fanIn = kernel * kernel * channels;
      const weights = scope.variable(
        "kernel",
        [kernel, kernel, channels, filters],
        activation === "relu"
          ? { kind: "he", fanIn }
          : { kind: "glorot", fanIn, fanOut: kernel * kernel * filters },
      );
      const bias = biased ? scope.variable("bias", [filters], { kind: "zeros" }) : undefined;
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() => {
            const filter = weights as tf.Tensor as tf.Tensor4D;
            const product = tf.conv2d(asFloat(input) as tf.Tensor4D, filter, stride, padding);
            return finish(product, bias, activation);
          }),
        counterpart: (input, scope) =>
          scope.apply(
            (name) =>
              tf.layers.conv2d({
                name,
                filters,
                kernelSize: kernel,
                strides: stride,
                padding,
                activation,
                useBias: biased,
              }),
            input,
            bias ? [weights, bias] : [weights],
          ),
      };
    },
  };
}
