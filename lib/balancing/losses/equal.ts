import type { LossBalancer } from "../balancer.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode equalWeights}. */
export interface EqualWeightsOptions {
  /** Add the losses (default) or average them: the mean acts like a learning rate K times smaller. */
  readonly reduction?: "sum" | "mean";
}

/**
 * Equal weighting: the sum of the losses, each with weight 1, or their mean. The baseline.
 *
 * With missing labels the sum and the mean are over the tasks present in the batch.
 */
export function equalWeights(options: EqualWeightsOptions = {}): LossBalancer {
  const { reduction = "sum" } = options;
  const weigh = (count: number) =>
    new Array<number>(count).fill(reduction === "sum" ? 1 : 1 / count);
  return lossMethod({
    name: "equal",
    configuration: { reduction },
    combine: (losses) => weightedLoss(losses, weigh(losses.length)),
    weights: (losses) => weigh(losses.length),
  });
}
