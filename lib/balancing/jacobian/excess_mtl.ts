import { weightedSum } from "../../math/matrix.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { jacobianMethod } from "./_jacobian_method.ts";
import { rowMemory, type SavedRows } from "./_row_memory.ts";

/** Settings of {@linkcode excessMtl}. */
export interface ExcessMtlOptions {
  /** Step length of the weights. Default 1. */
  readonly stepSize?: number;
}

/** Keeps the division by a zero history finite. */
const TINY = 1e-7;

/**
 * ExcessMTL: weights that grow for tasks that still have much to gain, and ignore label noise.
 *
 * The excess risk of a task is estimated as `e_i = sum g_i^2 / sqrt(S_i + 1e-7)`, where `S_i` adds
 * up the squares of its gradients; `w_i <- w_i exp(stepSize e_i / e_i(0))`, scaled to sum 1. In a
 * task's first step `e_i` stands undivided, as in the authors' code. Heads get the weights too.
 * Keeps one sum a task, as long as the gradient.
 *
 * He et al., "Robust Multi-Task Learning with Excess Risks", ICML 2024.
 */
export function excessMtl(options: ExcessMtlOptions = {}): JacobianBalancer {
  const { stepSize = 1 } = options;
  const sums = rowMemory();
  let logits: number[] = [];
  let first: (number | null)[] = [];
  return jacobianMethod({
    name: "excess-mtl",
    configuration: { stepSize },
    combine(jacobian, { present, tasks }) {
      logits = Array.from({ length: tasks }, (_, task) => logits[task] ?? 0);
      first = Array.from({ length: tasks }, (_, task) => first[task] ?? null);
      present.forEach((task, i) => {
        const row = sums.row(task, jacobian[i].length);
        let risk = 0;
        for (let column = 0; column < row.length; column++) {
          const square = jacobian[i][column] ** 2;
          row[column] += square;
          risk += square / Math.sqrt(row[column] + TINY);
        }
        const start = first[task];
        first[task] ??= risk;
        logits[task] += stepSize * (start === null ? risk : risk / (start + TINY));
      });
      // Weights are kept as logarithms: they cannot overflow.
      const largest = Math.max(...present.map((task) => logits[task]));
      const raw = present.map((task) => Math.exp(logits[task] - largest));
      const sum = raw.reduce((total, weight) => total + weight, 0);
      const weights = raw.map((weight) => weight / sum);
      return { update: weightedSum(jacobian, weights), weights, headWeights: weights };
    },
    state: () => ({ sums: sums.save(), logits: [...logits], first: [...first] }),
    restore(state) {
      sums.load(state.sums as SavedRows);
      logits = [...state.logits as number[]];
      first = [...state.first as (number | null)[]];
    },
    reset() {
      sums.load([]);
      logits = [];
      first = [];
    },
  });
}
