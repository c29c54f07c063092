import { checkSameLength } from "./area_under_curve.ts";

/** Settings of {@linkcode calibrationError}. */
export interface CalibrationOptions {
  /** Bins of equal width between 0 and 1. Default 15. */
  readonly bins?: number;
}

/**
 * Expected calibration error (Guo et al. 2017, equation 3): predictions are put into bins by their
 * confidence; the error is the mean over examples of the gap between confidence and share of right
 * ones in their bin. Bin k of B holds confidences in (k/B, (k+1)/B]; 0 is in the first.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * // Three answers given with 75 % confidence; two of three are right.
 * const gap = metrics.calibrationError([0.75, 0.75, 0.75], [1, 1, 0]);
 * strictEqual(gap.toFixed(4), (0.75 - 2 / 3).toFixed(4));
 * ```
 *
 * @param confidences Chances from 0 to 1 that the predictions are right.
 * @param right 1 where the prediction is right, 0 where it is wrong.
 * @returns From 0 to 1; `NaN` without examples, or where a confidence is not a number.
 * @throws {RangeError} When the lists differ in length, or `bins` is not a whole number from 1.
 */
export function calibrationError(
  confidences: ArrayLike<number>,
  right: ArrayLike<number>,
  options: CalibrationOptions = {},
): number {
  const { bins = 15 } = options;
  checkSameLength("confidences", confidences, "answers", right);
  const tally = new CalibrationTally(bins);
  for (let at = 0; at < confidences.length; at++) tally.add(confidences[at], right[at]);
  return tally.result();
}

/** Adds up the gap between confidence and accuracy, bin by bin. */
export class CalibrationTally {
  /** For each bin the sum of confidence minus rightness. */
  readonly #gaps: Float64Array;
  #count = 0;
  #broken = false;

  constructor(bins = 15) {
    if (!Number.isInteger(bins) || bins < 1) {
      throw new RangeError(`bins must be a whole number from 1, but is ${bins}.`);
    }
    this.#gaps = new Float64Array(bins);
  }

  add(confidence: number, right: number): void {
    const bins = this.#gaps.length;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    this.#broken ||= Number.isNaN(confidence);
    this.#gaps[bin] += confidence - right;
    this.#count++;
  }

  result(): number {
    if (this.#broken) return NaN;
    return this.#gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / this.#count;
  }
}
