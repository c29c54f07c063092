import type { Metric, MetricAccumulator, MetricBatch } from "../task.ts";

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

/** A metric made of a tally that is fed row by row. */
export function tallyMetric<Name extends string, Tally>(
  name: Name,
  higherIsBetter: boolean,
  make: () => Tally,
  add: (tally: Tally, batch: MetricBatch, row: number) => void,
  result: (tally: Tally) => number,
): Metric<Name> {
  return {
    name,
    higherIsBetter,
    start() {
      const tally = make();
      return {
        update(batch) {
          for (let row = 0; row < batch.rows; row++) {
            if (!batch.mask || batch.mask[row]) add(tally, batch, row);
          }
        },
        result: () => result(tally),
      };
    },
  };
}

/** The metrics of the names asked for, in this order. @throws {RangeError} On an unknown name. */
export function chosenMetrics<Name extends string>(
  task: string,
  known: { readonly [Each in Name]: Metric<Each> },
  names: readonly Name[],
): Metric<Name>[] {
  return names.map((name) => {
    if (Object.hasOwn(known, name)) return known[name];
    throw new RangeError(
      `Task "${task}" has no metric "${name}"; there are ${Object.keys(known).join(", ")}.`,
    );
  });
}
