import { minimizeNonNegative } from "../../math/bounded_quadratic.ts";
import { quadraticForm, type Rows } from "../../math/matrix.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";

/** Settings of {@linkcode pcd}. */
export interface PcdOptions extends GramianOptions {
  /** Position of the primary task in the model's list. Default 0. */
  readonly primary?: number;
  /**
   * Share of the progress along its own gradient that each other task is promised, 0 to 1: one for
   * all, or one a task of the model (that of the primary task is not looked at). Default 0.02.
   */
  readonly tau?: number | readonly number[];
  /** Decay of the averages of the squared lengths, at least 0 and below 1. Default 0.999. */
  readonly beta?: number;
  /** Added to the averages before the square root. Default 1e-8. */
  readonly epsilon?: number;
}

/** Multipliers above this mean that the promises can only just, or not at all, be kept together. */
const LARGEST = 1e6;

/**
 * Priority-constrained descent (PCD): the direction nearest to the gradient of a primary task that
 * keeps a promise to every other task.
 *
 * Gradients are divided by running root mean squares of their lengths, `h_i = g_i / sqrt(v_i + eps)`.
 * The direction minimises `|d - h_1|^2 / 2` subject to `h_j . d >= tau |h_j|^2`, and is brought to
 * the length of the primary gradient. Where the promises exclude each other the primary gradient is
 * taken as it is, and the report says so; where the primary task is absent the others get equal
 * weights.
 *
 * "Not All Objectives Are Born Equal: Priority-Constrained Descent for Hierarchical Multi-Objective
 * Optimization", TMLR 2026, arXiv 2606.29521. Solved exactly through the dual problem.
 */
export function pcd(options: PcdOptions = {}): GramianBalancer {
  const { primary = 0, tau = 0.02, beta = 0.999, epsilon = 1e-8 } = options;
  const shares = typeof tau === "number" ? [tau] : tau;
  if (!shares.every((share) => share >= 0 && share <= 1)) {
    throw new RangeError(`tau must be from 0 to 1, but is ${shares.join(", ")}.`);
  }
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(`beta must be at least 0 and below 1, but is ${beta}.`);
  }
  let averages: number[] = [];
  let counts: number[] = [];
  return gramianMethod({
    name: "pcd",
    configuration: { primary, tau, beta, epsilon },
    perTask: { tau },
    solve(gramian, { present, tasks, epsilon: rounding }) {
      averages = Array.from({ length: tasks }, (_, task) => averages[task] ?? 0);
      counts = Array.from({ length: tasks }, (_, task) => counts[task] ?? 0);
      const scales = present.map((task, i) => {
        averages[task] = beta * averages[task] + (1 - beta) * gramian[i][i];
        return 1 / Math.sqrt(averages[task] / (1 - beta ** ++counts[task]) + epsilon);
      });
      const first = present.indexOf(primary);
      if (first < 0) {
        return {
          weights: present.map(() => 1 / present.length),
          notes: ["the primary task is absent: equal weights"],
        };
      }
      const promises = present.map((task) => typeof tau === "number" ? tau : tau[task]);
      return pcdWeights(gramian, first, scales, promises, rounding);
    },
    state: () => ({ averages: [...averages], counts: [...counts] }),
    restore(state) {
      averages = [...state.averages as number[]];
      counts = [...state.counts as number[]];
    },
    reset() {
      averages = [];
      counts = [];
    },
  }, options);
}

/**
 * PCD's weights.
 *
 * @param first The row of the primary task.
 * @param scales Factors that the gradients are multiplied by.
 * @param promises Shares promised to each task.
 */
export function pcdWeights(
  gramian: Rows,
  first: number,
  scales: readonly number[],
  promises: readonly number[],
  epsilon: number,
): Weighting {
  const count = gramian.length;
  const alone = scales.map((_, i) => i === first ? 1 : 0);
  if (gramian[first][first] === 0) {
    return { weights: alone.map(() => 0), notes: ["stationary: the primary gradient is zero"] };
  }
  const scaled = gramian.map((row, i) =>
    Array.from(row, (value, j) => value * scales[i] * scales[j])
  );
  const others = alone.flatMap((one, i) => one || scaled[i][i] === 0 ? [] : [i]);
  const { weights: multipliers, converged } = minimizeNonNegative(
    others.map((i) => others.map((j) => scaled[i][j])),
    others.map((i) => scaled[i][first] - promises[i] * scaled[i][i]),
  );
  if (!converged || multipliers.some((value) => value > LARGEST)) {
    return { weights: alone, notes: ["the promises to the other tasks exclude each other"] };
  }
  const direction: number[] = [...alone];
  others.forEach((task, position) => direction[task] = multipliers[position]);
  const square = quadraticForm(scaled, direction);
  let magnitude = 0;
  direction.forEach((value, i) => magnitude += value * Math.sqrt(scaled[i][i]));
  if (square <= 16 * count * epsilon * magnitude * magnitude) {
    return { weights: alone.map(() => 0), notes: ["stationary: the direction vanishes"] };
  }
  const factor = Math.sqrt(gramian[first][first] / square);
  return { weights: direction.map((value, i) => factor * value * scales[i]) };
}
