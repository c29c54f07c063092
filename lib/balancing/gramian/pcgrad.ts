import type { Rows } from "../../math/matrix.ts";
import { Random, type RandomState } from "../../math/random.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** Settings of {@linkcode pcgrad}. */
export interface PcgradOptions extends GramianOptions {
  /** Seed of the random orders. Default 0. */
  readonly seed?: number | string;
  /** Whether the projected gradients are added (as the paper's code does; the default) or averaged. */
  readonly reduction?: "sum" | "mean";
}

/**
 * Gradient surgery (PCGrad): each task gradient is projected onto the normal plane of every
 * gradient that it conflicts with, one after the other in random order; the results are added.
 *
 * Weights sum to K without conflicts. For three and more tasks the update depends on the order and
 * may still hurt a task.
 *
 * Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, arXiv 2001.06782.
 *
 * ```ts
 * import { pcgrad } from "polytask";
 * const weights = pcgrad({ seed: 1 }).weights([[18, -22], [-22, 38]]); // 20/9, 30/19
 * if (Math.abs(weights[0] - 20 / 9) > 1e-12) throw new Error("not the projection");
 * ```
 */
export function pcgrad(options: PcgradOptions = {}): GramianBalancer {
  const { seed = 0, reduction = "sum" } = options;
  let random = Random.stream(seed, "pcgrad");
  return gramianMethod({
    name: "pcgrad",
    configuration: { seed, reduction },
    solve(gramian) {
      const orders = gramian.map((_, task) => visitingOrder(task, gramian.length, random));
      const weights = pcgradWeights(gramian, orders);
      return { weights: reduction === "sum" ? weights : weights.map((w) => w / gramian.length) };
    },
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "pcgrad"),
  }, options);
}

/** The other tasks in random order. */
export function visitingOrder(task: number, count: number, random: Random): number[] {
  return Array.from(random.permutation(count - 1), (other) => other < task ? other : other + 1);
}

/**
 * PCGrad's weights for given visiting orders.
 *
 * @param gramian `[K, K]`.
 * @param orders For each task the others in the order in which it is projected on them.
 */
export function pcgradWeights(gramian: Rows, orders: readonly ArrayLike<number>[]): number[] {
  const weights = new Array<number>(gramian.length).fill(1);
  orders.forEach((order, task) => {
    // Inner products of the projected gradient with all original ones.
    const products = Float64Array.from(gramian[task]);
    for (let position = 0; position < order.length; position++) {
      const other = order[position];
      if (!(products[other] < 0)) continue;
      const row = gramian[other];
      const amount = -products[other] / row[other];
      weights[other] += amount;
      for (let index = 0; index < products.length; index++) products[index] += amount * row[index];
    }
  });
  return weights;
}
