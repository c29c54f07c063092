import type { Metric, MetricAccumulator, MetricBatch } from "./task.ts";

/** A mean over labelled rows of `score(output, target, row)`, passed through `finish`. */
export function meanMetric<Name extends string>(
  name: Name,
  higherIsBetter: boolean,
  score: (batch: MetricBatch, row: number) => number,
  finish: (mean: number) => number = (mean) => mean,
): Metric<Name> {
  return {
    name,
    higherIsBetter,
    start(): MetricAccumulator {
      let sum = 0;
      let count = 0;
      return {
        update(batch) {
          for (let row = 0; row < batch.rows; row++) {
            if (batch.mask && !batch.mask[row]) continue;
            sum += score(batch, row);
            count++;
          }
        },
        result: () => finish(sum / count),
      };
    },
  };
}

/** Position of the largest of `width` numbers from `start`; the first one on a tie. */
export function largestAt(values: ArrayLike<number>, start: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at++) {
    if (values[start + at] > values[start + best]) best = at;
  }
  return best;
}
