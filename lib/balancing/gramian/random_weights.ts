import { Random, type RandomState } from "../../math/random.ts";
import { softmax } from "../../math/softmax.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** Settings of {@linkcode randomGradientWeights}. */
export interface RandomGradientWeightsOptions extends GramianOptions {
  /** Default 0. */
  readonly seed?: number | string;
}

/**
 * Random gradient weighting (RGW): new weights every step, the softmax of standard normal numbers.
 * They sum to 1 and are 1/K on average. A step costs no backward pass a task.
 *
 * Lin et al., "Reasonable Effectiveness of Random Weighting", TMLR 2022, arXiv 2111.10603.
 */
export function randomGradientWeights(
  options: RandomGradientWeightsOptions = {},
): GramianBalancer {
  const { seed = 0 } = options;
  let random = Random.stream(seed, "random-gradient-weights");
  const draw = (present: readonly number[]) => softmax(present.map(() => random.normal()));
  return gramianMethod({
    name: "random",
    configuration: { seed },
    solve: (_, { present }) => ({ weights: draw(present) }),
    known: draw,
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "random-gradient-weights"),
  }, options);
}
