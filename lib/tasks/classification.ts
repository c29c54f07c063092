import * as tf from "@tensorflow/tfjs";
import { largestAt, meanMetric } from "./_metrics.ts";
import { checkHidden, checkLabels, checkName } from "./_checks.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode classification}. */
export interface ClassificationOptions {
  /** Number of classes, from 2. Targets are the indices 0 to `classes - 1`. */
  readonly classes: number;
  /** Names of the classes, for displays. */
  readonly labels?: readonly string[];
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
}

/**
 * One of several classes. The head gives logits `[batch, classes]`; the loss of a row is the
 * cross-entropy of their softmax, in nats; the metric is `accuracy` (ties go to the lower class).
 *
 * ```ts
 * import { classification } from "polytask";
 * const digit = classification("digit", { classes: 10 });
 * ```
 */
export function classification<const Name extends string>(
  name: Name,
  options: ClassificationOptions,
): Task<Name, "accuracy"> {
  checkName(name);
  const { classes, hidden = [], labels } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(
      `Task "${name}": classes must be a whole number from 2, but is ${classes}.`,
    );
  }
  checkLabels(name, labels, classes);
  return {
    name,
    kind: "classification",
    targetType: "int32",
    targetShape: [],
    outputShape: [classes],
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const logProbabilities = tf.logSoftmax(output as tf.Tensor2D);
        // Cast here: asked for float32, the wasm kernel writes whole numbers all the same.
        const chosen = tf.oneHot(target.toInt().as1D(), classes).toFloat();
        return logProbabilities.mul(chosen).sum(1).neg() as tf.Tensor1D;
      }),
    metrics: [
      meanMetric(
        "accuracy",
        true,
        ({ output, target }, row) =>
          largestAt(output, row * classes, classes) === target[row] ? 1 : 0,
      ),
    ],
    checkTarget(values, shape) {
      if (shape.length > 0) {
        return `class indices have the shape [] per row, not [${shape}]`;
      }
      for (let row = 0; row < values.length; row++) {
        const value = values[row];
        if (!Number.isInteger(value) || value < 0 || value >= classes) {
          return `the label in row ${row} is ${value}, but classes go from 0 to ${classes - 1}`;
        }
      }
    },
    configuration: { kind: "classification", name, classes, hidden, labels },
  };
}
