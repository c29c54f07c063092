import * as tf from "@tensorflow/tfjs";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod } from "./_loss_method.ts";

/**
 * Geometric loss strategy (GLS): the K-th root of the product of the losses.
 *
 * Does not care how losses are scaled: the weight of task i is `value / (K L_i)`. Losses must be above
 * 0: at 0 the value is 0, but it has no derivative.
 *
 * Chennupati et al., "MultiNet++", CVPR workshops 2019, arXiv 1902.08325.
 */
export function geometricMean(): LossBalancer {
  return lossMethod({
    name: "geometric-mean",
    configuration: {},
    combine: (losses) => tf.stack([...losses]).log().mean<tf.Scalar>().exp(),
    weights(losses) {
      const value = geometricMeanOf(losses);
      return losses.map((loss) => value / (losses.length * loss));
    },
    refuse: (loss) =>
      loss > 0 ? undefined : "The geometric mean can be differentiated for losses above 0 only",
  });
}

/** The K-th root of the product of K numbers that are not negative. */
export function geometricMeanOf(losses: readonly number[]): number {
  return Math.exp(losses.reduce((sum, loss) => sum + Math.log(loss), 0) / losses.length);
}
