import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName } from "./_checks.ts";
import type { HeadOptions } from "./head.ts";
import { type BinaryMetric, binaryMetrics } from "./metrics/_binary_metrics.ts";
import { chosenMetrics } from "./metrics/_metric.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode binary}. */
export interface BinaryOptions<Shown extends readonly BinaryMetric[] = readonly BinaryMetric[]>
  extends HeadOptions {
  /** Figures to show, in this order. Default `["accuracy", "auc"]`. */
  readonly metrics?: Shown;
}

/**
 * Yes or no. The head gives one logit `[batch, 1]`; the loss of a row is the cross-entropy of its
 * sigmoid, in nats, computed without overflow. The metrics are `accuracy` at probability 1/2 and
 * `auc`, exact; on request `precision`, `recall`, `f1`, `calibration` (expected calibration error in
 * 15 bins) and `logLoss`.
 *
 * ```ts
 * import { binary } from "polytask";
 * const income = binary("income over 50k");
 * const click = binary("click", { hidden: [16], metrics: ["auc", "calibration"] });
 * ```
 * @throws {RangeError} When a metric is unknown or a hidden layer has no units.
 */
export function binary<
  const Name extends string,
  const Shown extends readonly BinaryMetric[] = readonly ["accuracy", "auc"],
>(name: Name, options: BinaryOptions<Shown> = {}): Task<Name, Shown[number]> {
  checkName(name);
  const { hidden = [], pool, metrics = ["accuracy", "auc"] } = options;
  checkHidden(name, hidden);
  return {
    name,
    kind: "binary",
    targetType: "float32",
    targetShape: [],
    outputShape: [1],
    head: { kind: "vector", outputs: 1, pool },
    hidden,
    rowLosses: (output, target) => tf.tidy(() => logitLosses(output.as1D(), target.as1D())),
    metrics: chosenMetrics<Shown[number]>(name, binaryMetrics, metrics),
    checkTarget: (values, shape) =>
      shape.length > 0
        ? `binary labels have the shape [] per row, not [${shape}]`
        : notZeroOrOne(values),
    configuration: { kind: "binary", name, hidden, pool, metrics },
  };
}

/**
 * Cross-entropy of `sigmoid(logits)`, element by element:
 * max(z, 0) - z y + log(1 + exp(-|z|)). The caller owns the result.
 */
export function logitLosses<Rank extends tf.Tensor>(logits: Rank, targets: Rank): Rank {
  return tf.tidy(() =>
    logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p()) as Rank
  );
}

/** A sentence on the first value that is neither 0 nor 1. */
export function notZeroOrOne(values: ArrayLike<number>): string | undefined {
  for (let at = 0; at < values.length; at++) {
    if (values[at] !== 0 && values[at] !== 1) {
      return `value ${at} is ${values[at]}, but labels are 0 or 1`;
    }
  }
}
