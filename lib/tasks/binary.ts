import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName } from "./_checks.ts";
import { meanMetric } from "./_metrics.ts";
import type { Task } from "./task.ts";

/** Settings of {@linkcode binary}. */
export interface BinaryOptions {
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
}

/**
 * Yes or no. The head gives one logit `[batch, 1]`; the loss of a row is the cross-entropy of its
 * sigmoid, in nats, computed without overflow; the metric is `accuracy` at probability 1/2.
 *
 * ```ts
 * import { binary } from "polytask";
 * const income = binary("income over 50k");
 * ```
 */
export function binary<const Name extends string>(
  name: Name,
  options: BinaryOptions = {},
): Task<Name, "accuracy"> {
  checkName(name);
  const { hidden = [] } = options;
  checkHidden(name, hidden);
  return {
    name,
    kind: "binary",
    targetType: "float32",
    targetShape: [],
    outputShape: [1],
    hidden,
    rowLosses: (output, target) => tf.tidy(() => logitLosses(output.as1D(), target.as1D())),
    metrics: [
      meanMetric(
        "accuracy",
        true,
        ({ output, target }, row) => Number(output[row] > 0) === target[row] ? 1 : 0,
      ),
    ],
    checkTarget: (values, shape) =>
      shape.length > 0
        ? `binary labels have the shape [] per row, not [${shape}]`
        : notZeroOrOne(values),
    configuration: { kind: "binary", name, hidden },
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
