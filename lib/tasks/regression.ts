import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName } from "./_checks.ts";
import { meanMetric } from "./metrics/_metric.ts";
import type { MetricAccumulator, Task } from "./task.ts";

/** Settings of {@linkcode regression}. */
export interface RegressionOptions {
  /** Numbers to predict a row. Default 1: targets of shape `[]`. */
  readonly outputs?: number;
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
}

/**
 * One number or several. The head gives `[batch, outputs]`; the loss of a row is the mean over its
 * outputs of the squared error (no factor 1/2); the metrics are `rmse`, `mae` and `r2` (the share
 * of variance explained, over all outputs together; `NaN` where the targets do not vary).
 *
 * ```ts
 * import { regression } from "polytask";
 * const slant = regression("slant");
 * ```
 */
export function regression<const Name extends string>(
  name: Name,
  options: RegressionOptions = {},
): Task<Name, "rmse" | "mae" | "r2"> {
  checkName(name);
  const { outputs = 1, hidden = [] } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(outputs) || outputs < 1) {
    throw new RangeError(
      `Task "${name}": outputs must be a whole number from 1, but is ${outputs}.`,
    );
  }
  const targetShape = outputs === 1 ? [] : [outputs];
  const meanOver = (
    error: (difference: number) => number,
  ) =>
  ({ output, target }: { output: ArrayLike<number>; target: ArrayLike<number> }, row: number) => {
    let sum = 0;
    for (let at = row * outputs; at < (row + 1) * outputs; at++) {
      sum += error(output[at] - target[at]);
    }
    return sum / outputs;
  };
  return {
    name,
    kind: "regression",
    targetType: "float32",
    targetShape,
    outputShape: [outputs],
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => output.sub(target.reshape(output.shape)).square().mean(1) as tf.Tensor1D),
    metrics: [
      meanMetric("rmse", false, meanOver((difference) => difference ** 2), Math.sqrt),
      meanMetric("mae", false, meanOver(Math.abs)),
      { name: "r2", higherIsBetter: true, start: () => explainedShare(outputs) },
    ],
    checkTarget(values, shape) {
      if (shape.join() !== targetShape.join()) {
        return `targets have the shape [${targetShape}] per row, not [${shape}]`;
      }
      for (let at = 0; at < values.length; at++) {
        if (!Number.isFinite(values[at])) {
          return `value ${at} is ${values[at]}, not a finite number`;
        }
      }
    },
    configuration: { kind: "regression", name, outputs, hidden },
  };
}

/**
 * 1 - residual sum of squares / total sum of squares, `NaN` where the targets do not vary; the mean
 * is updated as rows come in (Welford 1962).
 */
function explainedShare(outputs: number): MetricAccumulator {
  let rows = 0;
  let residual = 0;
  const mean = new Float64Array(outputs);
  const spread = new Float64Array(outputs);
  return {
    update({ output, target, mask, rows: count }) {
      for (let row = 0; row < count; row++) {
        if (mask && !mask[row]) continue;
        rows++;
        for (let k = 0; k < outputs; k++) {
          const value = target[row * outputs + k];
          residual += (output[row * outputs + k] - value) ** 2;
          const before = value - mean[k];
          mean[k] += before / rows;
          spread[k] += before * (value - mean[k]);
        }
      }
    },
    result() {
      const total = spread.reduce((sum, part) => sum + part, 0);
      return total === 0 ? NaN : 1 - residual / total;
    },
  };
}
