import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName } from "./_checks.ts";
import { type FocalOptions, logitLossesOf } from "./_focal.ts";
import { notZeroOrOne } from "./_logit_losses.ts";
import type { HeadOptions } from "./head.ts";
import { type BinaryMetric, binaryMetrics } from "./metrics/_binary_metrics.ts";
import { chosenMetrics } from "./metrics/_metric.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode binary}. */
export interface BinaryOptions<Shown extends readonly BinaryMetric[] = readonly BinaryMetric[]>
  extends HeadOptions, FocalOptions {
  /** Figures to show, in this order. Default `["accuracy", "auc"]`. */
  readonly metrics?: Shown;
}

/**
 * Yes or no. The head gives one logit `[batch, 1]`; the loss of a row is the cross-entropy of its
 * sigmoid, in nats, computed without overflow, or its focal variant. The metrics are `accuracy` at probability 1/2 and
 * `auc`, exact; on request `precision`, `recall`, `f1`, `calibration` (expected calibration error in
 * 15 bins) and `logLoss`.
 *
 * ```ts
 * import { binary } from "polytask";
 * const income = binary("income over 50k");
 * const click = binary("click", { hidden: [16], metrics: ["auc", "calibration"] });
 * const fraud = binary("fraud", { loss: "focal", alpha: 0.25 });
 * ```
 * @throws {RangeError} When a metric is unknown, a hidden layer has no units, or `gamma` or `alpha` is
 * out of range.
 */
export function binary<
  const Name extends string,
  const Shown extends readonly BinaryMetric[] = readonly ["accuracy", "auc"],
>(name: Name, options: BinaryOptions<Shown> = {}): Task<Name, Shown[number]> {
  checkName(name);
  const { hidden = [], pool, metrics = ["accuracy", "auc"] } = options;
  const { loss = "crossEntropy", gamma = 2, alpha } = options;
  checkHidden(name, hidden);
  const losses = logitLossesOf(name, options);
  return {
    name,
    kind: "binary",
    targetType: "float32",
    targetShape: [],
    outputShape: [1],
    head: { kind: "vector", outputs: 1, pool },
    hidden,
    rowLosses: (output, target) => tf.tidy(() => losses(output.as1D(), target.as1D())),
    metrics: chosenMetrics<Shown[number]>(name, binaryMetrics, metrics),
    checkTarget: (values, shape) =>
      shape.length > 0
        ? `binary labels have the shape [] per row, not [${shape}]`
        : notZeroOrOne(values),
    configuration: { kind: "binary", name, hidden, pool, loss, gamma, alpha, metrics },
  };
}
