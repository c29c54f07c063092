import { Random, type RandomState } from "../../math/random.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { jacobianMethod } from "./_jacobian_method.ts";

/** Settings of {@linkcode graddrop}. */
export interface GraddropOptions {
  /** Default 0. */
  readonly seed?: number | string;
  /** Share of each task's gradient that is never dropped, 0 to 1. Default 0 for each. */
  readonly leak?: readonly number[];
  /**
   * The chance that the positive entries survive, given their purity from 0 (all entries are
   * negative) to 1: increasing, from 0 to 1. Default: the purity itself.
   */
  readonly f?: (purity: number) => number;
}

/**
 * Gradient sign dropout (GradDrop): in every coordinate only the positive or only the negative
 * entries survive, by chance.
 *
 * The positive ones survive with probability `f(P)`, where `P = (1 + sum g / sum |g|) / 2` is their
 * purity. By default `f(P) = P`: then the update is on average the sum of the gradients.
 *
 * Chen et al., "Just Pick a Sign", NeurIPS 2020, arXiv 2010.06808. The paper drops gradients of the
 * representation, times the signs of its entries and added over the batch; here, as in TorchJD, the
 * entries are those of the shared variables' gradients.
 */
export function graddrop(options: GraddropOptions = {}): JacobianBalancer {
  const { seed = 0, leak, f } = options;
  if (leak && !leak.every((share) => share >= 0 && share <= 1)) {
    throw new RangeError(`Each leak must be from 0 to 1, but they are [${leak.join(", ")}].`);
  }
  let random = Random.stream(seed, "graddrop");
  return jacobianMethod({
    name: "graddrop",
    configuration: { seed, leak, ...f && { f: String(f) } },
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
        if (magnitude === 0 || (!f && Math.abs(sum) === magnitude)) {
          // One sign, or all zero: there is nothing to choose.
          update[column] = sum;
          continue;
        }
        const purity = 0.5 * (1 + sum / magnitude);
        const sign = (f ? chance(f, purity) : purity) > random.uniform() ? 1 : -1;
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

function chance(f: (purity: number) => number, purity: number): number {
  const value = f(purity);
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(
    `f of graddrop must give numbers from 0 to 1, but gives ${value} for ${purity}.`,
  );
}
