import { minimizeAboveBounds } from "../../math/bounded_quadratic.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";

/** Settings of {@linkcode upgrad}. */
export interface UpgradOptions extends GramianOptions {
  /** Weight of each task before projection. Default 1/K each. */
  readonly preference?: readonly number[];
}

/**
 * UPGrad: each weighted task gradient is projected onto the cone of updates that hurt no task, and
 * the projections are added.
 *
 * `w = sum_i argmin {v'Gv : v >= p_i e_i}`. Never hurts a task, keeps the influence of each task
 * proportional to its gradient, and vanishes only at strongly stationary points. For two tasks and
 * `p = 1` it is {@linkcode pcgrad}.
 *
 * Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization", 2024, arXiv 2406.16232.
 * Exact: nothing is added to the Gramian.
 */
export function upgrad(options: UpgradOptions = {}): GramianBalancer {
  const { preference } = options;
  return gramianMethod({
    name: "upgrad",
    configuration: { preference },
    perTask: { preference },
    solve: (gramian, { present }) =>
      upgradWeights(
        gramian,
        present.map((task) => preference ? preference[task] : 1 / present.length),
      ),
  }, options);
}

/** UPGrad's weights. */
export function upgradWeights(
  gramian: readonly (readonly number[])[],
  preference: readonly number[],
): Weighting {
  const weights = gramian.map(() => 0);
  const rows = gramian.map((row) => Float64Array.from(row));
  let failures = 0;
  rows.forEach((row, task) => {
    if (row.every((value) => value >= 0)) {
      weights[task] += preference[task];
      return;
    }
    const lower = gramian.map((_, i) => i === task ? preference[task] : 0);
    const solution = minimizeAboveBounds(rows, lower);
    if (!solution.converged) failures++;
    solution.weights.forEach((weight, i) => weights[i] += weight);
  });
  return { weights, notes: failures > 0 ? [`not converged: ${failures} projections`] : [] };
}
