import { Random } from "../math/random.ts";
import type { LinearData } from "./data.ts";
import { dealFolds, rowsOfFold } from "./_folds.ts";
import { fit } from "./fit.ts";
import type { LinearModel } from "./model.ts";
import { path, type PathOptions, strengthsFor } from "./path.ts";
import { falling } from "./path.ts";
import { report } from "./report.ts";

/** Settings of {@linkcode crossValidate}. */
export interface CrossValidationOptions extends PathOptions {
  /** Number of folds, from 2. Default 5. */
  readonly folds?: number;
  /** Decides the folds. */
  readonly seed: number | string;
  /**
   * `"best"`: the strength of least error (the default). `"one standard error"`: the largest whose
   * error is within one standard error of the least (Breiman et al. 1984).
   */
  readonly rule?: "best" | "one standard error";
}

/** What {@linkcode crossValidate} found. */
export interface CrossValidation {
  /** Falling. */
  readonly strengths: readonly number[];
  /** For each strength the error of every fold: `errors[strength][fold]`. */
  readonly errors: readonly (readonly number[])[];
  /** Mean over the folds. */
  readonly mean: readonly number[];
  /** Standard error of that mean. */
  readonly standardError: readonly number[];
  /** The strength of least mean error. */
  readonly best: number;
  /** The largest strength within one standard error of it. */
  readonly oneStandardError: number;
  /** The strength that the rule picks, and the model fitted with it to all rows. */
  readonly chosen: number;
  /** The model fitted to all rows with the strength chosen. */
  readonly model: LinearModel;
}

/**
 * Chooses the strength of a penalty by cross-validation and fits all rows with it.
 *
 * Rows that belong together (`groups` of the tasks) are never divided between training and
 * validation; tasks with rows of their own are in every fold. The error of a fold is the mean squared
 * error of its rows, or for classes the mean loss.
 *
 * @throws {RangeError} When a task would have no row left to train on in some fold; names it.
 */
export function crossValidate(data: LinearData, options: CrossValidationOptions): CrossValidation {
  const folds = options.folds ?? 5;
  if (!Number.isInteger(folds) || folds < 2) {
    throw new RangeError(`The number of folds must be a whole number from 2, but is ${folds}.`);
  }
  const strengths = falling(options.strengths ?? strengthsFor(data, options));
  const dealt = dealFolds(data.tasks, folds, Random.stream(options.seed, "linear folds"));
  const errors: number[][] = strengths.map(() => []);
  for (let fold = 0; fold < folds; fold++) {
    const { training, validation } = rowsOfFold(dealt, fold);
    const empty = training.findIndex((rows) => rows.length === 0);
    if (empty >= 0) {
      throw new RangeError(
        `All rows of task "${data.tasks[empty].name}" lie in fold ${
          fold + 1
        }: use fewer folds, or ` +
          `groups that do not hold a whole task.`,
      );
    }
    if (validation.every((rows) => rows.length === 0)) {
      throw new RangeError(`Fold ${fold + 1} of ${folds} has no rows: use fewer folds.`);
    }
    const held = data.subset(validation);
    path(data.subset(training), { ...options, strengths }).models.forEach((model, at) => {
      errors[at].push(errorOf(model, held));
    });
  }
  const mean = errors.map((own) => own.reduce((sum, error) => sum + error, 0) / folds);
  const standardError = errors.map((own, at) =>
    Math.sqrt(own.reduce((sum, error) => sum + (error - mean[at]) ** 2, 0) / (folds - 1) / folds)
  );
  const least = mean.indexOf(Math.min(...mean));
  const within = mean.findIndex((error) => error <= mean[least] + standardError[least]);
  const chosen = options.rule === "one standard error" ? strengths[within] : strengths[least];
  return {
    strengths,
    errors,
    mean,
    standardError,
    best: strengths[least],
    oneStandardError: strengths[within],
    chosen,
    model: fit(data, { ...options, penalty: options.penalty(chosen) }),
  };
}

function errorOf(model: LinearModel, held: LinearData): number {
  const { pooled } = report(model, held);
  const numbersOnly = held.tasks.every((task) => task.kind === "regression");
  return numbersOnly ? pooled.rmse ** 2 : pooled.loss;
}
