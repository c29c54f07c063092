import * as tf from "@tensorflow/tfjs";
import { checkCount, checkHidden, checkName, checkPositive, notFinite } from "./_checks.ts";
import { type ErrorLoss, errorLosses } from "./_robust.ts";
import type { Metric, MetricBatch, Task } from "./task.ts";

/** Settings of {@linkcode depth}. */
export interface DepthOptions {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** How the error of a pixel counts. Default `"absolute"`. */
  readonly loss?: ErrorLoss;
  /** Where the Huber loss turns from a parabola into a line, in units of the target. Default 1. */
  readonly delta?: number;
  /** Filters of the decoder's layers before the last. Default 16 in each doubling of the size. */
  readonly hidden?: readonly number[];
}

/**
 * A distance above 0 for every pixel, targets `[height, width]` or `[height, width, 1]`; pixels with
 * 0 or less were not measured and do not count. The head gives `[batch, height, width, 1]`; the loss
 * of a row is the mean over its measured pixels of the error's size, its square (no factor 1/2) or
 * Huber's loss; 0 where none is measured.
 *
 * Metrics, over all measured pixels: `mae`, and `relative`, the mean of the error as a part of the
 * true distance.
 *
 * ```ts
 * import { depth } from "polytask";
 * const distance = depth("depth", { height: 32, width: 32 });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function depth<const Name extends string>(
  name: Name,
  options: DepthOptions,
): Task<Name, "mae" | "relative"> {
  checkName(name);
  const { height, width, loss = "absolute", delta = 1, hidden = [] } = options;
  checkHidden(name, hidden);
  checkCount(name, "height", height, 1);
  checkCount(name, "width", width, 1);
  checkPositive(name, "delta", delta);
  const pixels = height * width;
  return {
    name,
    kind: "depth",
    targetType: "float32",
    targetShape: [height, width, 1],
    outputShape: [height, width, 1],
    head: { kind: "pixels", height, width, outputs: 1 },
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const truth = target.reshape([-1, pixels]);
        const measured = truth.greater(0).toFloat();
        const losses = errorLosses(output.reshape([-1, pixels]).sub(truth), loss, delta);
        return losses.mul(measured).sum(1).div(tf.maximum(measured.sum(1), 1)) as tf.Tensor1D;
      }),
    metrics: [
      pixelMean("mae", pixels, Math.abs),
      pixelMean("relative", pixels, (error, truth) => Math.abs(error) / truth),
    ],
    checkTarget(values, shape) {
      const given = shape.join();
      return given === `${height},${width}` || given === `${height},${width},1`
        ? notFinite(values)
        : `distances have the shape [${height}, ${width}] per row, not [${shape}]`;
    },
    configuration: { kind: "depth", name, height, width, loss, delta, hidden },
  };
}

/** A mean over measured pixels. */
function pixelMean<Name extends string>(
  name: Name,
  pixels: number,
  figure: (error: number, truth: number) => number,
): Metric<Name> {
  return {
    name,
    higherIsBetter: false,
    start() {
      let [sum, count] = [0, 0];
      return {
        update({ output, target, mask, rows }: MetricBatch) {
          for (let at = 0; at < rows * pixels; at++) {
            if (mask && !mask[Math.floor(at / pixels)]) continue;
            if (!(target[at] > 0)) continue;
            sum += figure(output[at] - target[at], target[at]);
            count++;
          }
        },
        result: () => sum / count,
      };
    },
  };
}
