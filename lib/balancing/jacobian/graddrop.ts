import { Random, type RandomState } from "../../math/random.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { jacobianMethod } from "./_jacobian_method.ts";

/** Settings of {@linkcode graddrop}. */
export interface GraddropOptions {
  /** Default 0. */
  readonly seed?: number | string;
  /** Share of each task's gradient that is never dropped, 0 to 1. Default 0 for each. */
  readonly leak?: readonly number[];
}

/**
 * Gradient sign dropout (GradDrop): in every coordinate only the positive or only the negative
 * entries survive, by chance.
 *
 * The positive ones survive with probability `(1 + sum g / sum |g|) / 2`. On average the update is
 * the sum of the gradients.
 *
 * Chen et al., "Just Pick a Sign", NeurIPS 2020, arXiv 2010.06808.
 */
export function graddrop(options: GraddropOptions = {}): JacobianBalancer {
  const { seed = 0, leak } = options;
  if (leak && !leak.every((share) => share >= 0 && share <= 1)) {
    throw new RangeError(`Each leak must be from 0 to 1, but they are [${leak.join(", ")}].`);
  }
  let random = Random.stream(seed, "graddrop");
  return jacobianMethod({
    name: "graddrop",
    configuration: { seed, leak },
    perTask: { leak },
    combine(jacobian, { present }) {
      const leaks = present.map((task) => leak?.[task] ?? 0);
      const update = new Array<number>(jacobian[0].length).fill(0);
      for (let column = 0; column < update.length; column++) {
        let sum = 0;
        let magnitude = 0;
        for (let task = 0; task < jacobian.length; task++) {
          const entry = jacobian[task][column];
          sum += entry;
          magnitude += Math.abs(entry);
        }
        if (Math.abs(sum) === magnitude) {
          // One sign, or all zero: there is nothing to choose.
          update[column] = sum;
          continue;
        }
        const sign = 0.5 * (1 + sum / magnitude) > random.uniform() ? 1 : -1;
        for (let task = 0; task < jacobian.length; task++) {
          const entry = jacobian[task][column];
          update[column] += entry * sign > 0 ? entry : leaks[task] * entry;
        }
      }
      return { update };
    },
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "graddrop"),
  });
}
