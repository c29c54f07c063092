/**
 * The School table: RMSE and explained variance of six linear models at three training shares, on the
 * splits of the reference figures or on splits of our own.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { meanInterval } from "../../lib/math/mean_interval.ts";
import { referenceOf, type SchoolFigures } from "./reference.ts";
import { writeResults } from "./results.ts";
import { schoolModels, type SchoolResult, schoolSplit, schoolTasks } from "./protocol.ts";

/** One line of the result: means over the seeds and half the width of a 95 % interval of them. */
export interface SchoolRow {
  readonly train: number;
  readonly model: string;
  readonly rmse: number;
  readonly rmseInterval: number;
  /** In percent. */
  readonly explainedVariance: number;
  readonly explainedVarianceInterval: number;
  /** Where the mean over five other splits is to be expected (95 %), from more than five seeds. */
  readonly fiveSplits?: { readonly rmse: number[]; readonly explainedVariance: number[] };
  /** The figures that this run is compared with, where there are any. */
  readonly reference?: SchoolFigures;
  /** What cross-validation chose, a number a seed. */
  readonly strengths: readonly number[];
}

const usage =
  "deno task bench school [--splits reference|own] [--seeds 5] [--train 0.1 ...] [--save] [--json]";

/** Runs every split and prints a table, and one JSON object at the end with `--json`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      splits: { type: "string", default: "reference" },
      seeds: { type: "string", default: "5" },
      train: { type: "string", multiple: true, default: ["0.1", "0.3", "0.75"] },
      save: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { splits } = values;
  const seeds = Number(values.seeds), shares = values.train.map(Number);
  if (!Number.isInteger(seeds) || seeds < 1 || !shares.every((share) => share > 0 && share < 1)) {
    throw new Error(`Seeds are a whole number from 1, shares lie between 0 and 1. ${usage}`);
  }
  if (splits !== "reference" && splits !== "own") {
    throw new Error(`Splits are "reference" or "own". ${usage}`);
  }
  const tasks = await schoolTasks();
  const rows: SchoolRow[] = [];
  for (const train of shares) {
    const started = performance.now();
    const results: SchoolResult[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      results.push(...await schoolSplit(tasks, train, seed, splits));
    }
    for (const { name } of schoolModels) {
      const row = summary(train, name, results.filter(({ model }) => model === name));
      rows.push(row);
      console.error(
        `${(100 * train).toFixed(0).padStart(3)} %  ${name.padEnd(22)} ` +
          `RMSE ${row.rmse.toFixed(3)} ± ${row.rmseInterval.toFixed(3)}  ` +
          `explained ${row.explainedVariance.toFixed(2)} ± ` +
          `${row.explainedVarianceInterval.toFixed(2)} %  ` +
          (row.reference
            ? `(reference ${row.reference.rmse.toFixed(2)}, ` +
              `${row.reference.explainedVariance.toFixed(1)} %)  `
            : "") +
          `strengths ${row.strengths.join(", ")}`,
      );
    }
    console.error(`       ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  if (values.save) await writeResults(splits, seeds, rows);
  if (values.json) console.log(JSON.stringify({ rows }));
}

function summary(train: number, model: string, results: readonly SchoolResult[]): SchoolRow {
  const [rmse, rmseInterval] = interval(results.map((result) => result.rmse));
  const [explainedVariance, explainedVarianceInterval] = interval(
    results.map((result) => result.explainedVariance),
  );
  return {
    train,
    model,
    rmse,
    rmseInterval,
    explainedVariance,
    explainedVarianceInterval,
    ...(results.length > 5
      ? {
        fiveSplits: {
          rmse: fiveSplits(rmse, rmseInterval, results.length),
          explainedVariance: fiveSplits(
            explainedVariance,
            explainedVarianceInterval,
            results.length,
          ),
        },
      }
      : {}),
    reference: referenceOf(train, model),
    strengths: results.map(({ strength }) => strength),
  };
}

/** Prediction interval of a mean over five splits, from the interval of the mean over `count`. */
function fiveSplits(mean: number, half: number, count: number): [lower: number, upper: number] {
  const wide = half * Math.sqrt(count / 5 + 1);
  return [mean - wide, mean + wide];
}

function interval(values: readonly number[]): [mean: number, half: number] {
  const { mean, upper } = meanInterval(values);
  return [mean, upper - mean];
}
