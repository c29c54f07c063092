import * as tf from "@tensorflow/tfjs";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod } from "./_loss_method.ts";

/**
 * Scale-invariant loss (SI): the sum of the logarithms of the losses, so that task i has weight
 * `1 / L_i`. Losses must be above 0.
 *
 * A baseline of Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022.
 */
export function scaleInvariant(): LossBalancer {
  return lossMethod({
    name: "scale-invariant",
    configuration: {},
    combine: (losses) => tf.stack([...losses]).log().sum(),
    weights: (losses) => losses.map((loss) => 1 / loss),
    refuse: (loss) => loss > 0 ? undefined : "The scale-invariant loss takes losses above 0",
  });
}
