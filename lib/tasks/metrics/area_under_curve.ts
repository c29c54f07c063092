/**
 * Area under the receiver operating characteristic: the chance that a random positive example has a
 * higher score than a random negative one, where a tie counts one half (Hanley and McNeil 1982).
 * Exact: it sorts all scores.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * // Of four pairs three are in order and one is a tie.
 * strictEqual(metrics.areaUnderCurve([0.9, 0.4, 0.4, 0.1], [1, 1, 0, 0]), 3.5 / 4);
 * ```
 *
 * @param scores One number an example, in any unit; only their order matters.
 * @param labels 0 or 1 for each.
 * @returns From 0 to 1; `NaN` without an example of both kinds, or where a score is not a number.
 * @throws {RangeError} When there are not as many scores as labels.
 */
export function areaUnderCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkSameLength("scores", scores, "labels", labels);
  const order = Array.from({ length: scores.length }, (_, at) => at)
    .sort((one, other) => scores[one] - scores[other]);
  let positives = 0;
  let negatives = 0;
  let inOrder = 0;
  for (let from = 0; from < order.length;) {
    const score = scores[order[from]];
    if (Number.isNaN(score)) return NaN;
    let [tiedPositives, tiedNegatives] = [0, 0];
    let to = from;
    for (; to < order.length && scores[order[to]] === score; to++) {
      if (labels[order[to]] === 1) tiedPositives++;
      else tiedNegatives++;
    }
    inOrder += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    from = to;
  }
  return inOrder / (positives * negatives);
}

/** Refuses lists that must have one entry for each example, but have not. */
export function checkSameLength(
  one: string,
  first: ArrayLike<unknown>,
  other: string,
  second: ArrayLike<unknown>,
): void {
  if (first.length !== second.length) {
    throw new RangeError(
      `There must be as many ${one} as ${other}, but there are ${first.length} and ${second.length}.`,
    );
  }
}
