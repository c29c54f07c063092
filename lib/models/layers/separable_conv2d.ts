import * as tf from "@tensorflow/tfjs";
import { finish } from "./_activation.ts";
import { asFloat, checkWhole } from "./_checks.ts";
import { type Activation, activationName, type Layer } from "./layer.ts";

/** Settings of {@linkcode depthwiseConv2d}. */
export interface DepthwiseConv2dOptions {
  /** Side of the square kernel, in pixels. */
  readonly kernel: number;
  /** Step between outputs, in pixels. Default 1. */
  readonly stride?: number;
  /** `"same"` pads with zeros so that the size stays (at stride 1). Default `"same"`. */
  readonly padding?: "valid" | "same";
  /** Default `"linear"`. */
  readonly activation?: Activation;
}

/** Settings of {@linkcode separableConv2d}. */
export interface SeparableConv2dOptions extends DepthwiseConv2dOptions {
  /** Number of output channels. */
  readonly filters: number;
}

/**
 * A convolution of each channel by itself: `[batch, height, width, channels]`, as many channels out
 * as in.
 * @throws {RangeError} When a setting is not a whole number from 1.
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer {
  return depthwise("depthwiseConv2d", undefined, options);
}

/**
 * A convolution of each channel by itself, then a 1 x 1 convolution over all (Chollet 2017):
 * `[batch, height, width, channels]` to `[..., filters]` with about `1 / kernel²` of the weights of
 * a full convolution.
 * @throws {RangeError} When a setting is not a whole number from 1.
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer {
  const { filters, ...others } = options;
  checkWhole("separableConv2d", { filters });
  return depthwise("separableConv2d", filters, others);
}

function depthwise(
  kind: string,
  filters: number | undefined,
  options: DepthwiseConv2dOptions,
): Layer {
  const { kernel, stride = 1, padding = "same", activation = "linear" } = options;
  checkWhole(kind, { kernel, stride });
  return {
    kind,
    configuration: { filters, kernel, stride, padding, activation },
    detail: `${kernel} x ${kernel} by channel${
      filters === undefined ? "" : `, ${filters} filters`
    }${activationName(activation)}`,
    build(inputShape, scope) {
      if (inputShape.length !== 3) {
        throw new RangeError(
          `A 2-D convolution takes rows of shape [height, width, channels], but gets [${inputShape}].`,
        );
      }
      const [height, width, channels] = inputShape;
      const outputs = filters ?? channels;
      const side = (length: number) =>
        padding === "same"
          ? Math.ceil(length / stride)
          : Math.floor((length - kernel) / stride) + 1;
      const outputShape = [side(height), side(width), outputs];
      if (outputShape[0] < 1 || outputShape[1] < 1) {
        throw new RangeError(
          `A ${kernel} x ${kernel} convolution does not fit on an image of ${height} x ${width}.`,
        );
      }
      const area = kernel * kernel;
      const spatial = scope.variable(
        "kernel",
        [kernel, kernel, channels, 1],
        filters === undefined && activation === "relu"
          ? { kind: "he", fanIn: area }
          : { kind: "glorot", fanIn: area, fanOut: area },
      );
      const mixing = filters === undefined ? undefined : scope.variable(
        "mixing",
        [1, 1, channels, filters],
        activation === "relu"
          ? { kind: "he", fanIn: channels }
          : { kind: "glorot", fanIn: channels, fanOut: filters },
      );
      const bias = scope.variable("bias", [outputs], { kind: "zeros" });
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() => {
            const filter = spatial as tf.Tensor as tf.Tensor4D;
            let product = tf.depthwiseConv2d(
              asFloat(input) as tf.Tensor4D,
              filter,
              stride,
              padding,
            );
            if (mixing) {
              product = tf.conv2d(product, mixing as tf.Tensor as tf.Tensor4D, 1, "valid");
            }
            return finish(product, bias, activation);
          }),
        counterpart: (input, scope) => {
          const settings = { kernelSize: kernel, strides: stride, padding, activation };
          return mixing && filters !== undefined
            ? scope.apply(
              (name) => tf.layers.separableConv2d({ name, filters, ...settings }),
              input,
              [spatial, mixing, bias],
            )
            : scope.apply(
              (name) => tf.layers.depthwiseConv2d({ name, ...settings }),
              input,
              [spatial, bias],
            );
        },
      };
    },
  };
}
