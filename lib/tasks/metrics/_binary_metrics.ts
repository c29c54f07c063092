import type { Metric } from "../task.ts";
import { areaUnderCurve } from "./area_under_curve.ts";
import { CalibrationTally } from "./calibration_error.ts";
import { type FoundScore, FoundTally } from "./found_score.ts";
import { meanMetric, tallyMetric } from "./_metric.ts";

/** Figures that a yes-or-no task can show. */
export type BinaryMetric =
  | "accuracy"
  | "auc"
  | "precision"
  | "recall"
  | "f1"
  | "calibration"
  | "logLoss";

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function found<Figure extends keyof FoundScore>(figure: Figure): Metric<Figure> {
  return tallyMetric(
    figure,
    true,
    () => new FoundTally(),
    (tally, { output, target }, row) => tally.add(output[row] > 0, target[row] === 1),
    (tally) => tally.score()[figure],
  );
}

/** The metrics of a yes-or-no task by name; the raw output is one logit. */
export const binaryMetrics: { readonly [Name in BinaryMetric]: Metric<Name> } = {
  accuracy: meanMetric(
    "accuracy",
    true,
    ({ output, target }, row) => Number(output[row] > 0) === target[row] ? 1 : 0,
  ),
  auc: tallyMetric(
    "auc",
    true,
    () => ({ scores: [] as number[], labels: [] as number[] }),
    ({ scores, labels }, { output, target }, row) => {
      scores.push(output[row]);
      labels.push(target[row]);
    },
    ({ scores, labels }) => areaUnderCurve(scores, labels),
  ),
  precision: found("precision"),
  recall: found("recall"),
  f1: found("f1"),
  calibration: tallyMetric(
    "calibration",
    false,
    () => new CalibrationTally(),
    (tally, { output, target }, row) => {
      // Sure to the degree that the chosen answer is likely; ties are a no.
      const yes = output[row] > 0;
      tally.add(sigmoid(Math.abs(output[row])), Number(yes) === target[row] ? 1 : 0);
    },
    (tally) => tally.result(),
  ),
  logLoss: meanMetric("logLoss", false, ({ output, target }, row) => {
    const logit = output[row];
    return Math.max(logit, 0) - logit * target[row] + Math.log1p(Math.exp(-Math.abs(logit)));
  }),
};
