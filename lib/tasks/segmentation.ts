import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/fused/cross_entropy.ts";
import { checkCount, checkHidden, checkLabels, checkName, notAClass } from "./_checks.ts";
import { Confusion } from "./metrics/confusion.ts";
import { largestAt } from "./metrics/_metric.ts";
import type { Metric, MetricBatch, Task } from "./task.ts";

/** Settings of {@linkcode segmentation}. */
export interface SegmentationOptions {
  /** Number of classes, from 2. Targets are the indices 0 to `classes - 1`; -1 is no label. */
  readonly classes: number;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** Names of the classes, for displays. */
  readonly labels?: readonly string[];
  /** Weight of the Dice loss beside the cross-entropy, from 0. Default 0. */
  readonly dice?: number;
  /** Filters of the decoder's layers before the last. Default 16 in each doubling of the size. */
  readonly hidden?: readonly number[];
}

/**
 * One of several classes for every pixel, targets `[height, width]`; pixels with -1 do not count.
 * The head gives logits `[batch, height, width, classes]`; the loss of a row is the mean over its
 * labelled pixels of the cross-entropy of their softmax, in nats; 0 where none is labelled.
 *
 * With `dice`, as much of `1 - mean over classes of (2 sum(p y) + 1) / (sum(p) + sum(y) + 1)` is
 * added, for probabilities p and 0 or 1 in y over the pixels of an image (after Milletari et al.
 * 2016): it weighs small and large classes alike.
 *
 * Metrics, over all labelled pixels: `accuracy`, and `iou`, the mean over classes of intersection
 * over union.
 *
 * ```ts
 * import { segmentation } from "polytask";
 * const parts = segmentation("parts", { classes: 4, height: 32, width: 32, dice: 1 });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function segmentation<const Name extends string>(
  name: Name,
  options: SegmentationOptions,
): Task<Name, "accuracy" | "iou"> {
  checkName(name);
  const { classes, height, width, labels, dice = 0, hidden = [] } = options;
  checkHidden(name, hidden);
  checkCount(name, "classes", classes, 2);
  checkCount(name, "height", height, 1);
  checkCount(name, "width", width, 1);
  checkLabels(name, labels, classes);
  if (!(dice >= 0 && dice < Infinity)) {
    throw new RangeError(`Task "${name}": dice must be a number from 0, but is ${dice}.`);
  }
  const pixels = height * width;
  return {
    name,
    kind: "segmentation",
    targetType: "int32",
    targetShape: [height, width],
    outputShape: [height, width, classes],
    head: { kind: "pixels", height, width, outputs: classes },
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const logits = output.reshape([-1, classes]);
        const truth = target.toInt().as1D();
        const labelled = truth.greaterEqual(0).toFloat();
        // A pixel without a label has the loss 0.
        const losses = softmaxCrossEntropy(logits, truth).reshape([-1, pixels]);
        const counts = labelled.reshape([-1, pixels]).sum(1);
        const mean = losses.sum(1).div(tf.maximum(counts, 1)) as tf.Tensor1D;
        if (dice === 0) return mean;
        const chosen = tf.oneHot(tf.maximum(truth, tf.scalar(0, "int32")), classes).toFloat()
          .mul(labelled.expandDims(1));
        const found = tf.softmax(logits).mul(labelled.expandDims(1));
        const sums = (values: tf.Tensor) => values.reshape([-1, pixels, classes]).sum(1);
        const both = sums(found.mul(chosen)).mul(2).add(1);
        const shares = both.div(sums(found).add(sums(chosen)).add(1));
        return mean.add(tf.sub(1, shares.mean(1)).mul(dice)) as tf.Tensor1D;
      }),
    metrics: [
      confusionMetric("accuracy", classes, pixels, (counts) => counts.accuracy()),
      confusionMetric("iou", classes, pixels, (counts) => counts.meanIou()),
    ],
    checkTarget: (values, shape) =>
      shape.join() === `${height},${width}`
        ? notAClass(values, classes, -1)
        : `classes of pixels have the shape [${height}, ${width}] per row, not [${shape}]`,
    configuration: {
      kind: "segmentation",
      name,
      classes,
      height,
      width,
      labels,
      dice,
      hidden,
    },
  };
}

/** A figure that follows from the counts over all labelled places of all rows. */
export function confusionMetric<Name extends string>(
  name: Name,
  classes: number,
  places: number,
  figure: (counts: Confusion) => number,
): Metric<Name> {
  return {
    name,
    higherIsBetter: true,
    start() {
      const counts = new Confusion(classes);
      return {
        update({ output, target, mask, rows }: MetricBatch) {
          for (let at = 0; at < rows * places; at++) {
            if (mask && !mask[Math.floor(at / places)]) continue;
            if (target[at] >= 0) counts.add(target[at], largestAt(output, at * classes, classes));
          }
        },
        result: () => figure(counts),
      };
    },
  };
}
