import { checkSameLength } from "./area_under_curve.ts";

/** How well examples of one kind were found. From 0 to 1; `NaN` where there is nothing to divide by. */
export interface FoundScore {
  /** Share of the found ones that are right. */
  readonly precision: number;
  /** Share of the true ones that were found. */
  readonly recall: number;
  /** Harmonic mean of both; `NaN` only where none is found and none is true. */
  readonly f1: number;
}

/** Counts what is found, what is true, and what is both. */
export class FoundTally {
  found = 0;
  truth = 0;
  right = 0;

  add(found: boolean, truth: boolean): void {
    if (found) this.found++;
    if (truth) this.truth++;
    if (found && truth) this.right++;
  }

  score(): FoundScore {
    return {
      precision: this.right / this.found,
      recall: this.right / this.truth,
      f1: 2 * this.right / (this.found + this.truth),
    };
  }
}

/**
 * Precision, recall and F1 of yes-or-no predictions.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const score = metrics.foundScore([1, 1, 0, 0], [1, 0, 1, 0]);
 * deepStrictEqual(score, { precision: 0.5, recall: 0.5, f1: 0.5 });
 * ```
 *
 * @param found 1 where the prediction is yes.
 * @param truth 1 where the answer is yes.
 * @throws {RangeError} When the lists differ in length.
 */
export function foundScore(found: ArrayLike<number>, truth: ArrayLike<number>): FoundScore {
  checkSameLength("predictions", found, "labels", truth);
  const tally = new FoundTally();
  for (let at = 0; at < truth.length; at++) tally.add(found[at] === 1, truth[at] === 1);
  return tally.score();
}
