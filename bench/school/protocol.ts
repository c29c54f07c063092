import { school } from "../../lib/data/mod.ts";
import * as linear from "../../lib/linear/mod.ts";
import { regression } from "../../lib/tasks/mod.ts";
import { splitOf, type SplitSource } from "./splits.ts";

/** One model of the table on one random split. */
export interface SchoolResult {
  /** Share of every school's pupils that are trained on. */
  readonly train: number;
  readonly seed: number;
  readonly model: string;
  /** Over all test pupils together. */
  readonly rmse: number;
  /** `100 (1 - variance of the residuals / variance of the scores)`, over all test pupils together. */
  readonly explainedVariance: number;
  /** The strength that cross-validation chose. */
  readonly strength: number;
}

/** A model of the table: its data, its penalty and the strengths to choose from. */
interface SchoolModel {
  readonly name: string;
  readonly prepare: (data: linear.LinearData) => linear.LinearData;
  readonly penalty: (strength: number) => linear.Penalty;
  /** To choose from: {@linkcode decades} for the ridges, {@linkcode halfDecades} for all others. */
  readonly strengths: readonly number[];
  readonly intercept: boolean;
}

/** For the two ridges: the decades that MALSAR tries on these data. */
export const decades: readonly number[] = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000, 1e4];

/** For all other models: two a decade and 600, where the reference chose often. */
export const halfDecades: readonly number[] = [1, 3, 10, 30, 100, 300, 600, 1000];

const same = (data: linear.LinearData) => data;

/**
 * The six models. Squares have a factor ½ here, as in scikit-learn: strength λ of ridge is
 * `½ λ ‖w‖²`. All but the last have a free intercept a school. The mean-regularised one is that of
 * Evgeniou and Pontil (2004) with strength 1 on the shared vector, and its intercepts are coefficients
 * like the others: they are drawn to the shared one too.
 */
export const schoolModels: readonly SchoolModel[] = [
  {
    name: "single-task ridge",
    prepare: same,
    penalty: (strength) => linear.ridge(strength / 2),
    strengths: decades,
    intercept: true,
  },
  {
    name: "single-task lasso",
    prepare: same,
    penalty: linear.lasso,
    strengths: halfDecades,
    intercept: true,
  },
  {
    name: "joint features (L2,1)",
    prepare: same,
    penalty: linear.jointFeatures,
    strengths: halfDecades,
    intercept: true,
  },
  {
    name: "trace norm",
    prepare: same,
    penalty: linear.traceNorm,
    strengths: halfDecades,
    intercept: true,
  },
  {
    name: "pooled ridge",
    prepare: pooled,
    penalty: (strength) => linear.ridge(strength / 2),
    strengths: decades,
    intercept: true,
  },
  {
    name: "mean-regularised",
    prepare: (data) => data.withConstant(),
    penalty: (strength) => linear.meanRegularised(strength / 2, { shared: 1 / 2 }),
    strengths: halfDecades,
    intercept: false,
  },
];

/** The tasks of the School data: a regression for each of 139 schools. */
export async function schoolTasks(): Promise<linear.LinearData> {
  return linear.LinearData.byGroup(await school(), regression("score"), "school");
}

/**
 * All models on one split: features standardised over all training pupils, strength by 3-fold
 * cross-validation on them, errors over all other pupils.
 */
export async function schoolSplit(
  tasks: linear.LinearData,
  train: number,
  seed: number,
  source: SplitSource,
): Promise<SchoolResult[]> {
  const split = await splitOf(tasks, train, seed, source);
  const training = split.training.standardised();
  const test = split.test.standardised(split.training);
  return schoolModels.map(({ name, prepare, penalty, strengths, intercept }) => {
    const { model, chosen } = linear.crossValidate(prepare(training), {
      penalty,
      strengths,
      intercept,
      folds: 3,
      seed,
      tolerance: 1e-6,
    });
    const { pooled: figures } = linear.report(model, prepare(test));
    return {
      train,
      seed,
      model: name,
      rmse: figures.rmse,
      explainedVariance: 100 * figures.explainedVariance,
      strength: chosen,
    };
  });
}

/** All pupils as one task, as if there were one school. */
function pooled(data: linear.LinearData): linear.LinearData {
  const width = data.features.length;
  const values = new Float64Array(data.size * width);
  const targets = new Float64Array(data.size);
  let row = 0;
  for (const task of data.tasks) {
    values.set(task.inputs.values, row * width);
    targets.set(task.targets, row);
    row += task.targets.length;
  }
  return new linear.LinearData([{
    name: "all schools",
    kind: "regression",
    inputs: { rows: row, columns: width, values },
    targets,
  }], data.features);
}
