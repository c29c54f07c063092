import * as tf from "@tensorflow/tfjs";
import { logitLosses, notZeroOrOne } from "./binary.ts";
import type { HeadOptions } from "./head.ts";
import { checkHidden, checkLabels, checkName } from "./_checks.ts";
import { meanMetric } from "./metrics/_metric.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode multiLabel}. */
export interface MultiLabelOptions extends HeadOptions {
  /** Number of yes-or-no labels, from 1. */
  readonly count: number;
  /** Names of the labels, for displays. */
  readonly labels?: readonly string[];
}

/**
 * Several yes-or-no labels at once. The head gives logits `[batch, count]`; the loss of a row is
 * the mean over its labels of the sigmoid cross-entropy, in nats; the metric is `accuracy`, the
 * share of labels that are right at probability 1/2.
 *
 * ```ts
 * import { multiLabel } from "polytask";
 * const genres = multiLabel("genres", { count: 20 });
 * ```
 */
export function multiLabel<const Name extends string>(
  name: Name,
  options: MultiLabelOptions,
): Task<Name, "accuracy"> {
  checkName(name);
  const { count, hidden = [], pool, labels } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Task "${name}": count must be a whole number from 1, but is ${count}.`);
  }
  checkLabels(name, labels, count);
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
      tf.tidy(() => logitLosses(output as tf.Tensor2D, target as tf.Tensor2D).mean(1)),
    metrics: [
      meanMetric("accuracy", true, ({ output, target }, row) => {
        let right = 0;
        for (let at = row * count; at < (row + 1) * count; at++) {
          if (Number(output[at] > 0) === target[at]) right++;
        }
        return right / count;
      }),
    ],
    checkTarget: (values, shape) =>
      shape.length !== 1 || shape[0] !== count
        ? `labels have the shape [${count}] per row, not [${shape}]`
        : notZeroOrOne(values),
    configuration: { kind: "multi-label", name, count, hidden, pool, labels },
  };
}
