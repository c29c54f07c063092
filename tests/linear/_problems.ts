import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";

/** Three regressions "a", "b", "c" over four features, each with rows of its own (or shared ones). */
export function regressions(seed: string, shared = false): linear.LinearData {
  const random = new Random(seed);
  const rows = (count: number) =>
    Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.normal()));
  const common = rows(12);
  const one = (count: number, w: number[]) => {
    const inputs = shared ? common : rows(count);
    const targets = inputs.map((x) =>
      3 + x.reduce((sum, value, j) => sum + value * w[j], 0) + 0.5 * random.normal()
    );
    return { inputs, targets };
  };
  return linear.LinearData.of({
    a: one(12, [1, 0, -2, 0]),
    b: one(9, [1.2, 0, -1.5, 0.3]),
    c: one(15, [-0.5, 0, 1, 0]),
  });
}

/**
 * Value of the losses at the model and their gradient in its coefficients, `[columns, features]`, and
 * in its intercepts, computed from scores without the solvers' code.
 */
export function lossAt(
  model: linear.LinearModel,
  data: linear.LinearData,
): { value: number; gradient: Float64Array; intercepts: Float64Array } {
  const { features, columns, offsets } = model.layout;
  const gradient = new Float64Array(columns * features);
  const intercepts = new Float64Array(columns);
  let value = 0;
  data.tasks.forEach((task, k) => {
    const scores = model.scores(task.name, task.inputs);
    const width = offsets[k + 1] - offsets[k];
    const slope = new Float64Array(scores.length);
    value += model.tasks[k].loss.evaluate(scores, task.targets, width, slope);
    slope.forEach((own, i) => {
      const row = Math.floor(i / width), column = offsets[k] + i % width;
      intercepts[column] += own;
      for (let j = 0; j < features; j++) {
        gradient[column * features + j] += own * task.inputs.values[row * features + j];
      }
    });
  });
  return { value, gradient, intercepts };
}
