import type { LossBalancer } from "../balancer.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode fixedWeights}. */
export interface FixedWeightsOptions {
  /** One weight a task, in the order of the model; 0 or more. */
  readonly weights: readonly number[];
}

/** Weights chosen by hand: the sum of `weights[i] * loss[i]`. */
export function fixedWeights(options: FixedWeightsOptions): LossBalancer {
  const { weights } = options;
  if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
    throw new RangeError(`Weights must be 0 or more, but they are [${weights.join(", ")}].`);
  }
  const chosen = (present: readonly number[]) => present.map((task) => weights[task]);
  return lossMethod({
    name: "fixed",
    configuration: { weights },
    perTask: { weights },
    combine: (losses, { present }) => weightedLoss(losses, chosen(present)),
    weights: (_, { present }) => chosen(present),
  });
}
