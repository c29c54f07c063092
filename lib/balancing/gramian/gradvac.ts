import { dot, type Rows } from "../../math/matrix.ts";
import { Random, type RandomState } from "../../math/random.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { visitingOrder } from "./pcgrad.ts";

/** Settings of {@linkcode gradvac}. */
export interface GradvacOptions extends GramianOptions {
  /** Seed of the random orders. Default 0. */
  readonly seed?: number | string;
  /** Share of the newest cosine in its moving average, above 0 and at most 1. Default 0.5. */
  readonly beta?: number;
}

/**
 * Gradient vaccine (GradVac) over the whole model: pulls each pair of task gradients up to the
 * cosine that it has had on average.
 *
 * Where the cosine of a gradient with another task's lies below its moving average, enough of the
 * other gradient is added to reach it. The averages start at 0, so the first step is that of
 * {@linkcode pcgrad}.
 *
 * Wang et al., "Gradient Vaccine", ICLR 2021, arXiv 2010.05874. `gradvacByLayer` compares the
 * gradients of each variable on their own.
 */
export function gradvac(options: GradvacOptions = {}): GramianBalancer {
  const { seed = 0, beta = 0.5 } = options;
  checkBeta(beta);
  let random = Random.stream(seed, "gradvac");
  let targets: number[][] = [];
  return gramianMethod({
    name: "gradvac",
    configuration: { seed, beta },
    solve(gramian, { present, tasks }) {
      targets = grownTargets(targets, tasks);
      const orders = gramian.map((_, task) => visitingOrder(task, gramian.length, random));
      const local = present.map((row) => present.map((column) => targets[row][column]));
      const weights = gradvacWeights(gramian, orders, local, beta);
      present.forEach((row, i) =>
        present.forEach((column, j) => targets[row][column] = local[i][j])
      );
      return { weights };
    },
    state: () => ({ random: random.state(), targets: targets.map((row) => [...row]) }),
    restore(state) {
      random = Random.fromState(state.random as RandomState);
      targets = (state.targets as number[][]).map((row) => [...row]);
    },
    reset(tasks) {
      random = Random.stream(seed, "gradvac");
      targets = grownTargets([], tasks);
    },
  }, options);
}

/** Throws when `beta` is no share. */
export function checkBeta(beta: number): void {
  if (!(beta > 0 && beta <= 1)) {
    throw new RangeError(`beta must be above 0 and at most 1, but is ${beta}.`);
  }
}

/** Target cosines for so many tasks, new ones 0. */
export function grownTargets(targets: readonly number[][], tasks: number): number[][] {
  return Array.from(
    { length: tasks },
    (_, i) => Array.from({ length: tasks }, (_, j) => targets[i]?.[j] ?? 0),
  );
}

/**
 * GradVac's weights for given orders; moves `targets` on.
 *
 * @param targets Moving averages of the cosines, `[K, K]`, changed in place.
 */
export function gradvacWeights(
  gramian: Rows,
  orders: readonly ArrayLike<number>[],
  targets: number[][],
  beta: number,
): number[] {
  const total = new Array<number>(gramian.length).fill(0);
  orders.forEach((order, task) => {
    const weights = gramian.map((_, index) => index === task ? 1 : 0);
    // Inner products of the changed gradient with all original ones.
    const products = Float64Array.from(gramian[task]);
    for (let position = 0; position < order.length; position++) {
      const other = order[position];
      const row = gramian[other];
      const length = Math.sqrt(Math.max(dot(weights, products), 0));
      const otherLength = Math.sqrt(row[other]);
      if (length === 0 || otherLength === 0) continue;
      const cosine = Math.min(Math.max(products[other] / length / otherLength, -1), 1);
      const target = targets[task][other];
      if (cosine < target && target < 1) {
        const sine = Math.sqrt(1 - cosine * cosine);
        const targetSine = Math.sqrt(1 - target * target);
        const amount = length * (target * sine - cosine * targetSine) /
          (otherLength * targetSine);
        weights[other] += amount;
        for (let index = 0; index < products.length; index++) {
          products[index] += amount * row[index];
        }
      }
      targets[task][other] = (1 - beta) * target + beta * cosine;
    }
    weights.forEach((weight, index) => total[index] += weight);
  });
  return total;
}
