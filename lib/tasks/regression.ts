import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName, checkPositive, notFinite } from "./_checks.ts";
import { errorLosses } from "./_robust.ts";
import type { HeadOptions } from "./head.ts";
import { meanMetric } from "./metrics/_metric.ts";
import type { MetricAccumulator, Task } from "./task.ts";

/** Settings of {@linkcode regression}. */
export interface RegressionOptions extends HeadOptions {
  /** Numbers to predict a row. Default 1: targets of shape `[]`. */
  readonly outputs?: number;
  /** `"huber"`: large errors count by their size, not their square. Default `"squared"`. */
  readonly loss?: "squared" | "huber";
  /** Where the Huber loss turns from a parabola into a line, in units of the target. Default 1. */
  readonly delta?: number;
  /**
   * `"learned"`: the head also says how sure it is of each number, and the loss is the negative
   * log-likelihood of a normal distribution (Kendall and Gal 2017). Default `"none"`.
   */
  readonly noise?: "none" | "learned";
}

/** Log-variances are kept within this distance of 0. */
const LARGEST_LOG_VARIANCE = 15;

/**
 * One number or several. The head gives `[batch, outputs]`; the loss of a row is the mean over its
 * outputs of the squared error (no factor 1/2), or of Huber's; the metrics are `rmse`, `mae` and
 * `r2` (the share of variance explained, over all outputs together; `NaN` where the targets do not
 * vary).
 *
 * With learned noise the head gives `[batch, 2 * outputs]`: the means, then the logarithms s of the
 * variances, kept within ±15; the loss is the mean of `(s + exp(-s) (y - mean)²) / 2`, the negative
 * log-likelihood without its constant `log(2π) / 2`.
 *
 * ```ts
 * import { regression } from "polytask";
 * const slant = regression("slant");
 * const price = regression("price", { loss: "huber", delta: 2 });
 * const unsure = regression("arrival", { noise: "learned" });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function regression<const Name extends string>(
  name: Name,
  options: RegressionOptions = {},
): Task<Name, "rmse" | "mae" | "r2"> {
  checkName(name);
  const { outputs = 1, hidden = [], pool } = options;
  const { loss = "squared", delta = 1, noise = "none" } = options;
  checkHidden(name, hidden);
  if (!Number.isInteger(outputs) || outputs < 1) {
    throw new RangeError(
      `Task "${name}": outputs must be a whole number from 1, but is ${outputs}.`,
    );
  }
  checkPositive(name, "delta", delta);
  if (noise === "learned" && loss === "huber") {
    throw new RangeError(
      `Task "${name}": learned noise has a loss of its own; leave loss "huber" out.`,
    );
  }
  const width = noise === "learned" ? 2 * outputs : outputs;
  const targetShape = outputs === 1 ? [] : [outputs];
  const meanOver = (
    error: (difference: number) => number,
  ) =>
  ({ output, target }: { output: ArrayLike<number>; target: ArrayLike<number> }, row: number) => {
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      sum += error(output[row * width + k] - target[row * outputs + k]);
    }
    return sum / outputs;
  };
  return {
    name,
    kind: "regression",
    targetType: "float32",
    targetShape,
    outputShape: [width],
    head: { kind: "vector", outputs: width, pool },
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const numbers = target.reshape([-1, outputs]);
        if (noise === "none") {
          return errorLosses(output.sub(numbers), loss, delta).mean(1) as tf.Tensor1D;
        }
        const [mean, raw] = tf.split(output, 2, 1);
        const logVariance = raw.clipByValue(-LARGEST_LOG_VARIANCE, LARGEST_LOG_VARIANCE);
        const scaled = mean.sub(numbers).square().mul(logVariance.neg().exp());
        return scaled.add(logVariance).mul(0.5).mean(1) as tf.Tensor1D;
      }),
    metrics: [
      meanMetric("rmse", false, meanOver((difference) => difference ** 2), Math.sqrt),
      meanMetric("mae", false, meanOver(Math.abs)),
      { name: "r2", higherIsBetter: true, start: () => explainedShare(outputs, width) },
    ],
    checkTarget(values, shape) {
      if (shape.join() !== targetShape.join()) {
        return `targets have the shape [${targetShape}] per row, not [${shape}]`;
      }
      return notFinite(values);
    },
    configuration: { kind: "regression", name, outputs, hidden, pool, loss, delta, noise },
  };
}

/**
 * 1 - residual sum of squares / total sum of squares, `NaN` where the targets do not vary; the mean
 * is updated as rows come in (Welford 1962).
 */
function explainedShare(outputs: number, width: number): MetricAccumulator {
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
          residual += (output[row * width + k] - value) ** 2;
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
