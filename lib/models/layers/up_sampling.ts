import * as tf from "@tensorflow/tfjs";
import { finish } from "./_activation.ts";
import { asFloat, checkWhole } from "./_checks.ts";
import { noCounterpart } from "./counterpart.ts";
import { type Activation, activationName, type Layer } from "./layer.ts";

/** Settings of {@linkcode upSample}. */
export interface UpSampleOptions {
  /** How many times higher and wider the image becomes. Default 2. */
  readonly factor?: number;
}

/** Repeats every pixel: `[batch, height, width, channels]` to `factor` times the height and width. */
export function upSample(options: UpSampleOptions = {}): Layer {
  const { factor = 2 } = options;
  checkWhole("upSample", { factor });
  return {
    kind: "upSample",
    configuration: { factor },
    detail: `${factor} times the size`,
    build(inputShape) {
      checkImage("Up-sampling", inputShape);
      const [height, width, channels] = inputShape;
      const outputShape = [height * factor, width * factor, channels];
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() =>
            // Columns, then rows: gradients of tile end at four axes.
            input.reshape([-1, width, 1, channels]).tile([1, 1, factor, 1])
              .reshape([-1, height, 1, width * factor * channels]).tile([1, 1, factor, 1])
              .reshape([-1, ...outputShape])
          ),
        counterpart: (input, scope) =>
          scope.apply((name) => tf.layers.upSampling2d({ name, size: [factor, factor] }), input),
      };
    },
  };
}

/** Settings of {@linkcode resize}. */
export interface ResizeOptions {
  /** Rows of pixels of the output. */
  readonly height: number;
  /** Pixels in a row of the output. */
  readonly width: number;
}

/**
 * Bilinear interpolation to another size: `[batch, ..., channels]` to
 * `[batch, height, width, channels]`. Pixels are areas: the centre of the first output pixel lies
 * where it lies in the first input pixel ("half-pixel centres").
 */
export function resize(options: ResizeOptions): Layer {
  const { height, width } = options;
  checkWhole("resize", { height, width });
  return {
    kind: "resize",
    configuration: { height, width },
    detail: `to ${height} x ${width}`,
    build(inputShape) {
      checkImage("Resizing", inputShape);
      const [inHeight, inWidth, channels] = inputShape;
      const [rows, columns] = [interpolation(inHeight, height), interpolation(inWidth, width)];
      return {
        outputShape: [height, width, channels],
        // As products with matrices: TensorFlow.js has no right gradient for half-pixel centres.
        apply: (input) =>
          tf.tidy(() => {
            const lines = input.reshape([-1, inHeight, inWidth * channels]);
            const taller = tf.matMul(tf.tensor3d(rows, [1, height, inHeight]), lines);
            const pixels = taller.reshape([-1, inWidth, channels]);
            const wider = tf.matMul(tf.tensor3d(columns, [1, width, inWidth]), pixels);
            return wider.reshape([-1, height, width, channels]);
          }),
        counterpart: noCounterpart("no layer there resizes images with half-pixel centres"),
      };
    },
  };
}

/** Weights `[to, from]`, row-major, of linear interpolation between the centres of pixels. */
function interpolation(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let at = 0; at < to; at++) {
    const place = Math.min(from - 1, Math.max(0, (at + 0.5) * from / to - 0.5));
    const below = Math.min(from - 1, Math.floor(place));
    const above = Math.min(from - 1, below + 1);
    weights[at * from + below] += 1 - (place - below);
    weights[at * from + above] += place - below;
  }
  return weights;
}

/** Another shape for the same numbers of a row: `[batch, ...]` to `[batch, ...shape]`. */
export function reshape(options: { readonly shape: readonly number[] }): Layer {
  const { shape } = options;
  return {
    kind: "reshape",
    configuration: { shape },
    detail: `as ${shape.join(" x ")}`,
    build(inputShape) {
      const size = (sides: readonly number[]) => sides.reduce((product, side) => product * side, 1);
      if (size(inputShape) !== size(shape)) {
        throw new RangeError(
          `reshape: [${inputShape}] has ${size(inputShape)} numbers, but [${shape}] ${
            size(shape)
          }.`,
        );
      }
      return {
        outputShape: shape,
        apply: (input) => input.reshape([-1, ...shape]),
        counterpart: (input, scope) =>
          scope.apply((name) => tf.layers.reshape({ name, targetShape: [...shape] }), input),
      };
    },
  };
}

/** Settings of {@linkcode transposedConv2d}. */
export interface TransposedConv2dOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Side of the square kernel, in pixels; at least the stride. */
  readonly kernel: number;
  /** How many times higher and wider the image becomes. Default 2. */
  readonly stride?: number;
  /** Default `"linear"`. */
  readonly activation?: Activation;
}

/**
 * The transpose of a convolution with zero padding ("deconvolution"): every input pixel paints a
 * kernel into the output. `[batch, height, width, channels]` to
 * `[batch, stride * height, stride * width, filters]`.
 * @throws {RangeError} When a setting is not a whole number from 1 or the kernel leaves gaps.
 */
export function transposedConv2d(options: TransposedConv2dOptions): Layer {
  const { filters, kernel, stride = 2, activation = "linear" } = options;
  checkWhole("transposedConv2d", { filters, kernel, stride });
  if (kernel < stride) {
    throw new RangeError(
      `transposedConv2d: a kernel of ${kernel} leaves gaps at a stride of ${stride}; make it larger.`,
    );
  }
  return {
    kind: "transposedConv2d",
    configuration: { filters, kernel, stride, activation },
    detail: `${kernel} x ${kernel} transposed, ${filters} filters, ${stride} times the size${
      activationName(activation)
    }`,
    build(inputShape, scope) {
      checkImage("A transposed convolution", inputShape);
      const [height, width, channels] = inputShape;
      const outputShape = [height * stride, width * stride, filters] as const;
      // Each output pixel sees this many numbers.
      const fanIn = channels * kernel * kernel / (stride * stride);
      const weights = scope.variable(
        "kernel",
        [kernel, kernel, filters, channels],
        activation === "relu"
          ? { kind: "he", fanIn }
          : { kind: "glorot", fanIn, fanOut: filters * kernel * kernel },
      );
      const bias = scope.variable("bias", [filters], { kind: "zeros" });
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() => {
            const product = tf.conv2dTranspose(
              asFloat(input) as tf.Tensor4D,
              weights as tf.Tensor as tf.Tensor4D,
              [input.shape[0], ...outputShape],
              stride,
              "same",
            );
            return finish(product, bias, activation);
          }),
        counterpart: (input, scope) =>
          scope.apply(
            (name) =>
              tf.layers.conv2dTranspose({
                name,
                filters,
                kernelSize: kernel,
                strides: stride,
                padding: "same",
                activation,
              }),
            input,
            [weights, bias],
          ),
      };
    },
  };
}

function checkImage(layer: string, inputShape: readonly number[]): void {
  if (inputShape.length !== 3) {
    throw new RangeError(
      `${layer} takes rows of shape [height, width, channels], but gets [${inputShape}].`,
    );
  }
}
