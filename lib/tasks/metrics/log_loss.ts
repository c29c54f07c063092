import { checkSameLength } from "./area_under_curve.ts";

/**
 * Mean of -log of the probability given to what happened, in nats, for yes-or-no predictions.
 * Probabilities are kept 1e-15 away from 0 and 1, so that one wrong certainty is not infinite.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(metrics.logLoss([0.5, 0.5], [1, 0]), Math.LN2);
 * ```
 *
 * @param probabilities Chances of a 1, from 0 to 1.
 * @param labels 0 or 1 for each.
 * @returns From 0; `NaN` without examples.
 * @throws {RangeError} When there are not as many probabilities as labels.
 */
export function logLoss(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkSameLength("probabilities", probabilities, "labels", labels);
  let sum = 0;
  for (let at = 0; at < labels.length; at++) {
    const chance = labels[at] === 1 ? probabilities[at] : 1 - probabilities[at];
    sum -= Math.log(Math.min(1 - 1e-15, Math.max(1e-15, chance)));
  }
  return sum / labels.length;
}
