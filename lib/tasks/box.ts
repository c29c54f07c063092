import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName, checkPositive, notFinite } from "./_checks.ts";
import { errorLosses } from "./_robust.ts";
import type { HeadOptions } from "./head.ts";
import { boxIou } from "./metrics/box_iou.ts";
import { meanMetric } from "./metrics/_metric.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode box}. */
export interface BoxOptions extends HeadOptions {
  /** Where the loss turns from a parabola into a line, in units of the sides. Default 0.1. */
  readonly delta?: number;
}

/**
 * A box around something in an image: left, top, right and bottom, `[4]`, best as parts of the sides
 * of the image, 0 to 1. The head gives `[batch, 4]` in the same order; the loss of a row is the mean
 * over the edges of the smooth L1 loss (Girshick 2015): `error² / (2 delta)` up to `delta`, beyond it
 * `|error| - delta / 2`.
 *
 * Metrics: `iou`, the mean over boxes of intersection over union, and `mae` of the edges.
 *
 * ```ts
 * import { box } from "polytask";
 * const place = box("box", { hidden: [64] });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function box<const Name extends string>(
  name: Name,
  options: BoxOptions = {},
): Task<Name, "iou" | "mae"> {
  checkName(name);
  const { delta = 0.1, hidden = [], pool } = options;
  checkHidden(name, hidden);
  checkPositive(name, "delta", delta);
  return {
    name,
    kind: "box",
    targetType: "float32",
    targetShape: [4],
    outputShape: [4],
    head: { kind: "vector", outputs: 4, pool },
    labels: ["left", "top", "right", "bottom"],
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const error = output.sub(target.reshape([-1, 4]));
        return errorLosses(error, "huber", delta).div(delta).mean(1) as tf.Tensor1D;
      }),
    metrics: [
      meanMetric("iou", true, ({ output, target }, row) => {
        const edges = (values: ArrayLike<number>) => [0, 1, 2, 3].map((k) => values[row * 4 + k]);
        return boxIou(edges(output), edges(target));
      }),
      meanMetric("mae", false, ({ output, target }, row) => {
        let sum = 0;
        for (let at = row * 4; at < row * 4 + 4; at++) sum += Math.abs(output[at] - target[at]);
        return sum / 4;
      }),
    ],
    checkTarget(values, shape) {
      if (shape.join() !== "4") return `boxes have the shape [4] per row, not [${shape}]`;
      for (let at = 0; at < values.length; at += 4) {
        if (values[at] > values[at + 2] || values[at + 1] > values[at + 3]) {
          return `the box in row ${
            at / 4
          } ends before it begins; edges are left, top, right, bottom`;
        }
      }
      return notFinite(values);
    },
    configuration: { kind: "box", name, delta, hidden, pool },
  };
}
