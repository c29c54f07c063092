/**
 * The School table: RMSE and explained variance of six linear models at three training shares.
 *
 * @module
 */

import { parseArgs } from "node:util";
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
          `${row.explainedVarianceInterval.toFixed(2)} %  strengths ${row.strengths.join(", ")}`,
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
    strengths: results.map(({ strength }) => strength),
  };
}

/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom. */
const STUDENT = [
  12.706,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
  2.262,
  2.228,
  2.201,
  2.179,
  2.16,
  2.145,
  2.131,
  2.12,
  2.11,
  2.101,
  2.093,
  2.086,
  2.08,
  2.074,
  2.069,
  2.064,
  2.06,
  2.056,
  2.052,
  2.048,
  2.045,
  2.042,
];

function interval(values: readonly number[]): [mean: number, half: number] {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return [mean, NaN];
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return [mean, (STUDENT[count - 2] ?? 1.96) * Math.sqrt(square / count)];
}
