import type { Metric, MetricBatch } from "../task.ts";
import { CalibrationTally } from "./calibration_error.ts";
import { Confusion } from "./confusion.ts";
import { largestAt, meanMetric, tallyMetric } from "./_metric.ts";

/** Figures that a task with classes can show. */
export type ClassMetric = "accuracy" | "macroF1" | "calibration";

/** The metrics of a task with classes by name; the raw outputs are `classes` logits. */
export function classMetrics(
  classes: number,
): { readonly [Name in ClassMetric]: Metric<Name> } {
  const chosen = ({ output }: MetricBatch, row: number) =>
    largestAt(output, row * classes, classes);
  return {
    accuracy: meanMetric(
      "accuracy",
      true,
      (batch, row) => chosen(batch, row) === batch.target[row] ? 1 : 0,
    ),
    macroF1: tallyMetric(
      "macroF1",
      true,
      () => new Confusion(classes),
      (counts, batch, row) => counts.add(batch.target[row], chosen(batch, row)),
      (counts) => counts.macroF1(),
    ),
    calibration: tallyMetric(
      "calibration",
      false,
      () => new CalibrationTally(),
      (tally, batch, row) => {
        const label = chosen(batch, row);
        let sum = 0;
        for (let at = row * classes; at < (row + 1) * classes; at++) {
          sum += Math.exp(batch.output[at] - batch.output[row * classes + label]);
        }
        tally.add(1 / sum, label === batch.target[row] ? 1 : 0);
      },
      (tally) => tally.result(),
    ),
  };
}
