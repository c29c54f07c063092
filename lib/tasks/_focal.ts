import * as tf from "@tensorflow/tfjs";
import { logitLosses } from "./_logit_losses.ts";

/** Settings of tasks with yes-or-no labels that may take the focal loss. */
export interface FocalOptions {
  /**
   * `"focal"` gives less weight to labels that are right already (Lin et al. 2017):
   * -α (1 - p)^gamma log p for the probability p of the true answer. Default `"crossEntropy"`.
   */
  readonly loss?: "crossEntropy" | "focal";
  /** Exponent of the focal loss, from 0 (cross-entropy). Default 2. */
  readonly gamma?: number;
  /**
   * Factor α of the focal loss where the answer is yes, in (0, 1); where it is no the factor is
   * 1 - `alpha`. The paper's detectors take 0.25, as does `sigmoid_focal_loss` of torchvision unless
   * told otherwise. Default: no factor at all, so that `gamma: 0` is the cross-entropy.
   */
  readonly alpha?: number;
}

/** The losses of single yes-or-no labels, element by element, from logits and labels 0 and 1. */
export type LogitLosses = <Rank extends tf.Tensor>(logits: Rank, targets: Rank) => Rank;

/**
 * The loss that the settings ask for. Its results belong to the caller.
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function logitLossesOf(task: string, options: FocalOptions): LogitLosses {
  const { loss = "crossEntropy", gamma = 2, alpha } = options;
  checkGamma(task, gamma);
  if (alpha !== undefined && !(alpha > 0 && alpha < 1)) {
    throw new RangeError(
      `Task "${task}": alpha must be above 0 and below 1, but is ${alpha}.`,
    );
  }
  if (loss === "crossEntropy") return logitLosses;
  return (logits, targets) =>
    tf.tidy(() => {
      // log(1 - p) is minus the loss of the opposite answer: nothing overflows, and no power of 0 is
      // differentiated.
      const opposite = logitLosses<tf.Tensor>(logits, tf.sub(1, targets));
      const losses = opposite.mul(-gamma).exp().mul(logitLosses(logits, targets));
      if (alpha === undefined) return losses as typeof logits;
      return losses.mul(targets.mul(2 * alpha - 1).add(1 - alpha)) as typeof logits;
    });
}

/** Refuses exponents of the focal loss that are not numbers from 0. */
export function checkGamma(task: string, gamma: number): void {
  if (!(gamma >= 0 && gamma < Infinity)) {
    throw new RangeError(`Task "${task}": gamma must be a number from 0, but is ${gamma}.`);
  }
}
