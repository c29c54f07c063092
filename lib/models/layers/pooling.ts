import * as tf from "@tensorflow/tfjs";
import { checkWhole } from "./_checks.ts";
import { type MaskZerosOption, paddingHasNone, presentSteps } from "./_padding.ts";
import { noCounterpart } from "./counterpart.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode maxPool}. */
export interface MaxPoolOptions {
  /** Side of the window, and step between windows, in pixels or time steps. Default 2. */
  readonly size?: number;
}

/**
 * The largest value of each window: `[batch, height, width, channels]` or `[batch, time, channels]`,
 * with the spatial sides divided by `size` (what does not fill a window is dropped).
 */
export function maxPool(options: MaxPoolOptions = {}): Layer {
  const { size = 2 } = options;
  checkWhole("maxPool", { size });
  return {
    kind: "maxPool",
    configuration: { size },
    detail: `max of ${size}`,
    build(inputShape) {
      const image = inputShape.length === 3;
      if (!image && inputShape.length !== 2) {
        throw new RangeError(
          `Max pooling takes rows of shape [height, width, channels] or [time, channels], but gets [${inputShape}].`,
        );
      }
      const channels = inputShape[inputShape.length - 1];
      const outputShape = inputShape.map((side, axis) =>
        axis === inputShape.length - 1 ? channels : Math.floor(side / size)
      );
      if (outputShape.some((side) => side < 1)) {
        throw new RangeError(`A window of ${size} does not fit on [${inputShape}].`);
      }
      const window: [number, number] = image ? [size, size] : [1, size];
      return {
        outputShape,
        apply: (input) =>
          image
            ? tf.maxPool(input as tf.Tensor4D, window, window, "valid")
            : tf.tidy(() =>
              tf.maxPool(input.expandDims(1) as tf.Tensor4D, window, window, "valid").squeeze([1])
            ),
        counterpart: (input, scope) =>
          scope.apply(
            (name) =>
              image
                ? tf.layers.maxPooling2d({ name, poolSize: size })
                : tf.layers.maxPooling1d({ name, poolSize: size }),
            input,
          ),
      };
    },
  };
}

/**
 * Mean over all pixels or time steps: `[batch, ..., channels]` to `[batch, channels]`.
 * @param options `maskZeros`, for `[batch, time, channels]`: means over the steps that are there; 0
 * where there is none.
 */
export function globalAveragePool(options: MaskZerosOption = {}): Layer {
  return globalPool("globalAveragePool", "mean", options, {
    reduce(input, axes) {
      if (!options.maskZeros) return input.mean(axes);
      return tf.tidy(() => {
        const present = presentSteps(input);
        // Multiplied, so that padding gets no gradient either.
        return input.mul(present).sum(1).div(tf.maximum(present.sum(1), 1));
      });
    },
    overTime: (name) => tf.layers.globalAveragePooling1d({ name }),
    overSpace: (name) => tf.layers.globalAveragePooling2d({ name, dataFormat: "channelsLast" }),
  });
}

/**
 * Largest value over all pixels or time steps: `[batch, ..., channels]` to `[batch, channels]`.
 * @param options `maskZeros`, for `[batch, time, channels]`: the largest of the steps that are
 * there; 0 where there is none.
 */
export function globalMaxPool(options: MaskZerosOption = {}): Layer {
  return globalPool("globalMaxPool", "max", options, {
    reduce(input, axes) {
      if (!options.maskZeros) return input.max(axes);
      return tf.tidy(() => {
        const present = presentSteps(input);
        // Far below everything, so that padding is the largest only where there is nothing else.
        const largest = input.add(present.sub(1).mul(ABSENT)).max(1);
        return largest.mul(present.max(1));
      });
    },
    overTime: (name) => tf.layers.globalMaxPooling1d({ name }),
    overSpace: (name) => tf.layers.globalMaxPooling2d({ name, dataFormat: "channelsLast" }),
  });
}

/** What padding is lowered by. */
const ABSENT = 1e30;

/** A figure over places, and the layers of TensorFlow.js for it. */
interface GlobalPool {
  reduce(input: tf.Tensor, axes: number[]): tf.Tensor;
  overTime(name: string): tf.layers.Layer;
  overSpace(name: string): tf.layers.Layer;
}

function globalPool(
  kind: string,
  figure: string,
  { maskZeros = false }: MaskZerosOption,
  { reduce, overTime, overSpace }: GlobalPool,
): Layer {
  return {
    kind,
    configuration: maskZeros ? { maskZeros } : {},
    detail: `${figure} over ${maskZeros ? "time" : "space"}`,
    build(inputShape) {
      if (inputShape.length < 2 || (maskZeros && inputShape.length !== 2)) {
        throw new RangeError(
          `Global pooling takes rows with ${
            maskZeros ? "the shape [time, channels]" : "space or time before the channels"
          }, but gets [${inputShape}].`,
        );
      }
      const axes = inputShape.slice(0, -1).map((_, axis) => axis + 1);
      return {
        outputShape: inputShape.slice(-1),
        apply: (input) => reduce(input, axes),
        counterpart: maskZeros
          ? paddingHasNone
          : axes.length > 2
          ? noCounterpart(`no layer there takes the ${figure} over ${axes.length} axes`)
          : (input, scope) => scope.apply(axes.length === 1 ? overTime : overSpace, input),
      };
    },
  };
}
