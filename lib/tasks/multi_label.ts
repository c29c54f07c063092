import * as tf from "@tensorflow/tfjs";
import { type FocalOptions, logitLossesOf } from "./_focal.ts";
import { notZeroOrOne } from "./_logit_losses.ts";
import type { HeadOptions } from "./head.ts";
import { checkHidden, checkLabels, checkName } from "./_checks.ts";
import { type LabelMetric, labelMetrics } from "./metrics/_label_metrics.ts";
import { chosenMetrics } from "./metrics/_metric.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode multiLabel}. */
export interface MultiLabelOptions<
  Shown extends readonly LabelMetric[] = readonly LabelMetric[],
> extends HeadOptions, FocalOptions {
  /** Number of yes-or-no labels, from 1. */
  readonly count: number;
  /** Names of the labels, for displays. */
  readonly labels?: readonly string[];
  /** Figures to show, in this order. Default `["accuracy"]`. */
  readonly metrics?: Shown;
}

/**
 * Several yes-or-no labels at once. The head gives logits `[batch, count]`; the loss of a row is
 * the mean over its labels of the sigmoid cross-entropy, in nats, or of its focal variant. The metric is `accuracy`, the
 * share of labels that are right at probability 1/2; on request `exactMatch`, the share of rows all of
 * whose labels are right, `microF1`, the F1 of all labels of all rows together, and `macroF1`, the
 * mean over labels of F1 (labels that are neither there nor found do not count).
 *
 * ```ts
 * import { multiLabel } from "polytask";
 * const genres = multiLabel("genres", { count: 20, metrics: ["accuracy", "macroF1"] });
 * const rare = multiLabel("defects", { count: 50, loss: "focal" });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function multiLabel<
  const Name extends string,
  const Shown extends readonly LabelMetric[] = readonly ["accuracy"],
>(name: Name, options: MultiLabelOptions<Shown>): Task<Name, Shown[number]> {
  checkName(name);
  const { count, hidden = [], pool, labels, metrics = ["accuracy"] } = options;
  const { loss = "crossEntropy", gamma = 2, alpha } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Task "${name}": count must be a whole number from 1, but is ${count}.`);
  }
  checkLabels(name, labels, count);
  const losses = logitLossesOf(name, options);
  return {
    name,
    kind: "multi-label",
    targetType: "float32",
    targetShape: [count],
    outputShape: [count],
    head: { kind: "vector", outputs: count, pool },
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => losses(output as tf.Tensor2D, target as tf.Tensor2D).mean(1)),
    metrics: chosenMetrics<Shown[number]>(name, labelMetrics(count), metrics),
    checkTarget: (values, shape) =>
      shape.length !== 1 || shape[0] !== count
        ? `labels have the shape [${count}] per row, not [${shape}]`
        : notZeroOrOne(values),
    configuration: {
      kind: "multi-label",
      name,
      count,
      hidden,
      pool,
      labels,
      loss,
      gamma,
      alpha,
      metrics,
    },
  };
}
