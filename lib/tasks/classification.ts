import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/fused/cross_entropy.ts";
import { checkGamma } from "./_focal.ts";
import type { HeadOptions } from "./head.ts";
import { type ClassMetric, classMetrics } from "./metrics/_class_metrics.ts";
import { chosenMetrics } from "./metrics/_metric.ts";
import { checkHidden, checkLabels, checkName } from "./_checks.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode classification}. */
export interface ClassificationOptions<
  Shown extends readonly ClassMetric[] = readonly ClassMetric[],
> extends HeadOptions {
  /** Number of classes, from 2. Targets are the indices 0 to `classes - 1`. */
  readonly classes: number;
  /** Names of the classes, for displays. */
  readonly labels?: readonly string[];
  /**
   * `"focal"` gives less weight to rows that are right already: -(1 - p)^gamma log p for the
   * probability p of the true class (Lin et al. 2017). Default `"crossEntropy"`.
   */
  readonly loss?: "crossEntropy" | "focal";
  /** Exponent of the focal loss, from 0 (cross-entropy). Default 2. */
  readonly gamma?: number;
  /** Figures to show, in this order. Default `["accuracy"]`. */
  readonly metrics?: Shown;
}

/**
 * One of several classes. The head gives logits `[batch, classes]`; the loss of a row is the
 * cross-entropy of their softmax, in nats, or its focal variant. The metric is `accuracy` (ties go
 * to the lower class); on request `macroF1` (mean over classes of F1) and `calibration` (expected
 * calibration error in 15 bins).
 *
 * ```ts
 * import { classification } from "polytask";
 * const digit = classification("digit", { classes: 10 });
 * const rare = classification("defect", { classes: 5, loss: "focal", metrics: ["macroF1"] });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function classification<
  const Name extends string,
  const Shown extends readonly ClassMetric[] = readonly ["accuracy"],
>(name: Name, options: ClassificationOptions<Shown>): Task<Name, Shown[number]> {
  checkName(name);
  const { classes, hidden = [], pool, labels, loss = "crossEntropy", gamma = 2 } = options;
  const { metrics = ["accuracy"] } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(
      `Task "${name}": classes must be a whole number from 2, but is ${classes}.`,
    );
  }
  checkLabels(name, labels, classes);
  checkGamma(name, gamma);
  return {
    name,
    kind: "classification",
    targetType: "int32",
    targetShape: [],
    outputShape: [classes],
    head: { kind: "vector", outputs: classes, pool },
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const losses = softmaxCrossEntropy(output, target.toInt().as1D());
        if (loss === "crossEntropy") return losses;
        const wrong = tf.sub(1, losses.neg().exp());
        // Away from 0, where the derivative of a power below 1 is infinite.
        return tf.maximum(wrong, 1e-7).pow(gamma).mul(losses) as tf.Tensor1D;
      }),
    metrics: chosenMetrics<Shown[number]>(name, classMetrics(classes), metrics),
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
    configuration: {
      kind: "classification",
      name,
      classes,
      hidden,
      pool,
      labels,
      loss,
      gamma,
      metrics,
    },
  };
}
