import { Random, type RandomState } from "../../math/random.ts";
import { softmax } from "../../math/softmax.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode rlw}. */
export interface RlwOptions {
  /** Default 0. */
  readonly seed?: number | string;
  /**
   * Where the weights come from: the softmax of normal or of uniform numbers; exponential numbers
   * divided by their sum (`"dirichlet"`: all concentrations 1, uniform on the simplex); a coin for
   * each task, at least one of them heads, divided by the number of heads (`"bernoulli"`); one task
   * alone (`"constrained-bernoulli"`). Default `"normal"`.
   */
  readonly distribution?: RlwDistribution;
}

/** Distributions that {@linkcode rlw} can draw from. */
export type RlwDistribution =
  | "normal"
  | "uniform"
  | "dirichlet"
  | "bernoulli"
  | "constrained-bernoulli";

/**
 * Random loss weighting (RLW): new weights every step. They sum to 1 and are 1/K on average, so the
 * step is K times shorter than that of the sum.
 *
 * Lin et al., "Reasonable Effectiveness of Random Weighting", TMLR 2022, arXiv 2111.10603.
 */
export function rlw(options: RlwOptions = {}): LossBalancer {
  const { seed = 0, distribution = "normal" } = options;
  let random = Random.stream(seed, "rlw");
  let weights: number[] = [];
  return lossMethod({
    name: "rlw",
    configuration: { seed, distribution },
    begin({ present }) {
      weights = drawWeights(random, present.length, distribution);
    },
    combine: (losses) => weightedLoss(losses, weights),
    weights: () => [...weights],
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "rlw"),
  });
}

function drawWeights(random: Random, count: number, distribution: RlwDistribution): number[] {
  const draw = (next: () => number) => Array.from({ length: count }, next);
  switch (distribution) {
    case "normal":
      return softmax(draw(() => random.normal()));
    case "uniform":
      return softmax(draw(() => random.uniform()));
    case "dirichlet": {
      const parts = draw(() => -Math.log(1 - random.uniform()));
      const sum = parts.reduce((total, part) => total + part, 0);
      return parts.map((part) => part / sum);
    }
    case "bernoulli":
      for (;;) {
        const coins = draw(() => random.integer(2));
        const heads = coins.reduce((total, coin) => total + coin, 0);
        if (heads > 0) return coins.map((coin) => coin / heads);
      }
    case "constrained-bernoulli": {
      const chosen = random.integer(count);
      return Array.from({ length: count }, (_, i) => i === chosen ? 1 : 0);
    }
  }
}
