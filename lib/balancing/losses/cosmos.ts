import * as tf from "@tensorflow/tfjs";
import { dot } from "../../math/matrix.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, type LossStep } from "./_loss_method.ts";

/** Settings of {@linkcode cosmos}. */
export interface CosmosOptions {
  /** Importance of each task, not all 0. Default 1/K each. */
  readonly preference?: readonly number[];
  /** Reward for losses that stand in the proportions of the preference, 0 or more. Default 1. */
  readonly lambda?: number;
}

/** Keeps the cosine finite where all losses are 0. */
const TINY = 1e-16;

/**
 * COSMOS: the weighted sum of the losses, less `lambda` times the cosine between the losses and the
 * preference: `r . L - lambda (r . L) / (|r| |L|)`. A part of the Pareto front is reached for each
 * preference, also where the front is bent inwards. Weights may be negative.
 *
 * Ruchte and Grabocka, "Scalable Pareto Front Approximation for Deep Multi-Objective Learning", ICDM
 * 2021, arXiv 2103.13392. The paper draws a new preference for each batch and gives it to the network
 * as an input, with `lambda` from 0.01 to 8; this is its objective for one preference.
 */
export function cosmos(options: CosmosOptions = {}): LossBalancer {
  const { preference, lambda = 1 } = options;
  if (!(lambda >= 0)) throw new RangeError(`lambda must be 0 or more, but is ${lambda}.`);
  const directionOf = ({ present }: LossStep) =>
    present.map((task) => preference ? preference[task] : 1 / present.length);
  return lossMethod({
    name: "cosmos",
    configuration: { preference, lambda },
    perTask: { preference },
    combine(losses, step) {
      const direction = directionOf(step);
      const length = Math.sqrt(dot(direction, direction) + TINY);
      const stacked = tf.stack([...losses]);
      const sum = stacked.mul(direction).sum();
      const lengths = stacked.square().sum().add(TINY).sqrt().mul(length);
      return sum.sub(sum.mul(lambda).div(lengths));
    },
    weights(losses, step) {
      const direction = directionOf(step);
      const length = Math.sqrt(dot(direction, direction) + TINY);
      const square = dot(losses, losses) + TINY;
      const factor = lambda / (length * Math.sqrt(square));
      const sum = dot(direction, losses);
      return direction.map((r, i) => r - factor * (r - sum * losses[i] / square));
    },
  });
}
