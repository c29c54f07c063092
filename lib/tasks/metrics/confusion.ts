/**
 * Counts of true classes against predicted ones, and the figures that follow from them.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const counts = new metrics.Confusion(2);
 * for (const [truth, found] of [[0, 0], [0, 1], [1, 1], [1, 1]]) counts.add(truth, found);
 * strictEqual(counts.accuracy(), 3 / 4);
 * strictEqual(counts.meanIou(), (1 / 2 + 2 / 3) / 2);
 * ```
 */
export class Confusion {
  /** `[classes, classes]`, row-major: rows are true classes, columns predicted ones. */
  readonly counts: Float64Array;

  /**
   * A table without examples.
   * @param classes Number of classes; they are 0 to `classes - 1`.
   */
  constructor(readonly classes: number) {
    this.counts = new Float64Array(classes * classes);
  }

  /** Counts one example. */
  add(truth: number, found: number): void {
    this.counts[truth * this.classes + found]++;
  }

  /** Share of right predictions; `NaN` without examples. */
  accuracy(): number {
    let [right, all] = [0, 0];
    for (let at = 0; at < this.counts.length; at++) {
      all += this.counts[at];
      if (at % (this.classes + 1) === 0) right += this.counts[at];
    }
    return right / all;
  }

  /**
   * Mean over classes of intersection over union: those of a class and found as it, among those of
   * the class or found as it. Classes that are neither there nor found do not count.
   */
  meanIou(): number {
    return this.#mean((right, truth, found) => right / (truth + found - right));
  }

  /** Mean over classes of F1. Classes that are neither there nor found do not count. */
  macroF1(): number {
    return this.#mean((right, truth, found) => 2 * right / (truth + found));
  }

  /**
   * Cohen's kappa with quadratic weights, for classes in an order: 1 minus the squared distance of
   * the predictions from the truth, as a share of what chance gives with the same counts. 1 is
   * perfect, 0 is chance; `NaN` where all examples are of one class and found as it.
   */
  quadraticKappa(): number {
    const { classes, counts } = this;
    const [truth, found] = [new Float64Array(classes), new Float64Array(classes)];
    counts.forEach((count, at) => {
      truth[Math.floor(at / classes)] += count;
      found[at % classes] += count;
    });
    const all = truth.reduce((sum, count) => sum + count, 0);
    let [observed, expected] = [0, 0];
    counts.forEach((count, at) => {
      const [row, column] = [Math.floor(at / classes), at % classes];
      const weight = (row - column) ** 2;
      observed += weight * count;
      expected += weight * truth[row] * found[column] / all;
    });
    return 1 - observed / expected;
  }

  #mean(figure: (right: number, truth: number, found: number) => number): number {
    let [sum, present] = [0, 0];
    for (let label = 0; label < this.classes; label++) {
      let [truth, found] = [0, 0];
      for (let other = 0; other < this.classes; other++) {
        truth += this.counts[label * this.classes + other];
        found += this.counts[other * this.classes + label];
      }
      if (truth + found === 0) continue;
      sum += figure(this.counts[label * (this.classes + 1)], truth, found);
      present++;
    }
    return sum / present;
  }
}
