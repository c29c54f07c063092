import * as tf from "@tensorflow/tfjs";
import { checkCount, checkHidden, checkLabels, checkName, notAClass } from "./_checks.ts";
import { logitLosses } from "./_logit_losses.ts";
import type { HeadOptions } from "./head.ts";
import { Confusion } from "./metrics/confusion.ts";
import { meanMetric, tallyMetric } from "./metrics/_metric.ts";
import type { MetricBatch, Task } from "./task.ts";

/** Settings of {@linkcode ordinal}. */
export interface OrdinalOptions extends HeadOptions {
  /** Number of classes, from 2, in their order. Targets are the indices 0 to `classes - 1`. */
  readonly classes: number;
  /** Names of the classes, for displays. */
  readonly labels?: readonly string[];
}

/**
 * One of several classes that have an order: stars, stages, degrees. The head gives one number f a
 * row and has a threshold b of its own for each border between classes; the raw output is
 * `[batch, classes - 1]`, the logits `f + b` of "above class k". The loss of a row is the sum of
 * their cross-entropies, in nats (CORAL; Cao, Mirjalili and Raschka 2020, equation 5). The predicted
 * class is the number of logits above 0.
 *
 * Metrics: `accuracy`, `mae` (classes off, on average) and `kappa` (Cohen's, with quadratic
 * weights; `NaN` where all are one class).
 *
 * ```ts
 * import { ordinal } from "polytask";
 * const stars = ordinal("stars", { classes: 5 });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function ordinal<const Name extends string>(
  name: Name,
  options: OrdinalOptions,
): Task<Name, "accuracy" | "mae" | "kappa"> {
  checkName(name);
  const { classes, labels, hidden = [], pool } = options;
  checkHidden(name, hidden);
  checkCount(name, "classes", classes, 2);
  checkLabels(name, labels, classes);
  const borders = classes - 1;
  const found = ({ output }: MetricBatch, row: number) => {
    let count = 0;
    for (let k = 0; k < borders; k++) if (output[row * borders + k] > 0) count++;
    return count;
  };
  return {
    name,
    kind: "ordinal",
    targetType: "int32",
    targetShape: [],
    outputShape: [borders],
    head: { kind: "thresholds", count: borders, pool },
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const above = tf.greater(target.toFloat().reshape([-1, 1]), tf.range(0, borders));
        return logitLosses(output, above.toFloat()).sum(1) as tf.Tensor1D;
      }),
    metrics: [
      meanMetric(
        "accuracy",
        true,
        (batch, row) => found(batch, row) === batch.target[row] ? 1 : 0,
      ),
      meanMetric("mae", false, (batch, row) => Math.abs(found(batch, row) - batch.target[row])),
      tallyMetric(
        "kappa",
        true,
        () => new Confusion(classes),
        (counts, batch, row) => counts.add(batch.target[row], found(batch, row)),
        (counts) => counts.quadraticKappa(),
      ),
    ],
    checkTarget: (values, shape) =>
      shape.length > 0
        ? `class indices have the shape [] per row, not [${shape}]`
        : notAClass(values, classes),
    configuration: { kind: "ordinal", name, classes, labels, hidden, pool },
  };
}
