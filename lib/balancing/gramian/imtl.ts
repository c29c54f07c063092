import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, NO_LOSSES } from "./_gramian_method.ts";
import { imtlGWeights } from "./imtl_g.ts";

/** Settings of {@linkcode imtl}. */
export interface ImtlOptions extends GramianOptions {
  /** Step length of the loss scales. Default 0.01. */
  readonly learningRate?: number;
  /** See {@linkcode imtlG}. Default 10. */
  readonly longest?: number;
}

/**
 * Impartial learning (IMTL): IMTL-G in the shared variables, IMTL-L in the heads.
 *
 * Each loss is scaled by `e^s`, where `s` descends along `e^s L - 1` (the derivative of
 * `e^s L - s`), which brings all scaled losses to 1. Heads get the scaled gradients; the shared
 * update has the same projection on every task's gradient, so that its direction does not depend on
 * the scales.
 * Called without losses it leaves the scales alone, and the report says so.
 *
 * Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021.
 */
export function imtl(options: ImtlOptions = {}): GramianBalancer {
  const { learningRate = 0.01, longest = 10 } = options;
  let scales: number[] = [];
  const grow = (tasks: number) => {
    scales = Array.from({ length: tasks }, (_, task) => scales[task] ?? 0);
  };
  return gramianMethod({
    name: "imtl",
    configuration: { learningRate, longest },
    solve(gramian, { present, tasks, losses, epsilon }) {
      grow(tasks);
      const factors = present.map((task) => Math.exp(scales[task]));
      const scaled = gramian.map((row, i) =>
        row.map((value, j) => value * factors[i] * factors[j])
      );
      const { weights, notes } = imtlGWeights(scaled, longest, epsilon);
      if (losses) {
        present.forEach((task, i) => scales[task] -= learningRate * (factors[i] * losses[i] - 1));
      }
      return {
        weights: weights.map((weight, i) => weight * factors[i]),
        notes: losses ? notes : [...notes ?? [], NO_LOSSES],
        headWeights: factors,
      };
    },
    state: () => ({ scales: [...scales] }),
    restore: (state) => scales = [...state.scales as number[]],
    reset(tasks) {
      scales = [];
      grow(tasks);
    },
  }, options);
}
