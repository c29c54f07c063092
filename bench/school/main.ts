/**
 * The School table: RMSE and explained variance of six linear models at three training shares.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { meanInterval } from "../../lib/math/mean_interval.ts";
import { referenceOf, type SchoolFigures } from "./reference.ts";
import { schoolModels, type SchoolResult, schoolSplit, schoolTasks } from "./protocol.ts";

/** One line of the result: means over the seeds and half the width of a 95 % interval. */
export interface SchoolRow {
  readonly train: number;
  readonly model: string;
  readonly rmse: number;
  readonly rmseInterval: number;
  /** In percent. */
  readonly explainedVariance: number;
  readonly explainedVarianceInterval: number;
  /** The figures that this run is compared with, where there are any. */
  readonly reference?: SchoolFigures;
  /** What cross-validation chose, a number a seed. */
  readonly strengths: readonly number[];
}

const usage = "deno task bench school [--seeds 5] [--train 0.1 ...] [--json]";

/** Runs every split and prints a table, and one JSON object at the end with `--json`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "5" },
      train: { type: "string", multiple: true, default: ["0.1", "0.3", "0.75"] },
      json: { type: "boolean", default: false },
    },
  });
  const seeds = Number(values.seeds), shares = values.train.map(Number);
  if (!Number.isInteger(seeds) || seeds < 1 || !shares.every((share) => share > 0 && share < 1)) {
    throw new Error(`Seeds are a whole number from 1, shares lie between 0 and 1. ${usage}`);
  }
  const tasks = await schoolTasks();
  const rows: SchoolRow[] = [];
  for (const train of shares) {
    const started = performance.now();
    const results: SchoolResult[] = [];
    for (let seed = 0; seed < seeds; seed++) results.push(...schoolSplit(tasks, train, seed));
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
    reference: referenceOf(train, model),
    strengths: results.map(({ strength }) => strength),
  };
}

function interval(values: readonly number[]): [mean: number, half: number] {
  const { mean, upper } = meanInterval(values);
  return [mean, upper - mean];
}
