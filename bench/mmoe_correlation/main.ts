/**
 * Does MMoE gain more, the less the tasks have to do with each other? The synthetic study of Ma et
 * al. (KDD 2018) with paired seeds: `deno task bench mmoe_correlation [--seeds 6]`. A seed draws the
 * tasks, their examples and the first weights; all architectures see the same. Writes
 * `bench/results/mmoe_correlation.json`, which chapter 06 shows.
 *
 * The learning rate is that of 0.001, 0.003 and 0.01 with the least validation error of hard sharing,
 * correlation 0.5, on seed 1000, which is not among those reported.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { backendReport, useBackend } from "polytask";
import { publishRecord, today, trainedOn } from "../_record.ts";
import { architectures, budget, measure } from "./experiment.ts";

const CORRELATIONS = [0, 0.5, 1];

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: "string", default: "6" } },
  });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
  await useBackend();
  const began = performance.now();
  const errors: Record<string, Record<string, number[]>> = {};
  const parameters: Record<string, number> = {};
  // Seed by seed, so that an early end leaves whole seeds.
  for (const seed of seeds) {
    for (const correlation of CORRELATIONS) {
      for (const architecture of Object.keys(architectures)) {
        const outcome = await measure(architecture, { correlation, seed });
        parameters[architecture] = outcome.parameters;
        ((errors[correlation] ??= {})[architecture] ??= []).push(outcome.test);
      }
    }
    console.error(`seed ${seed}: ${((performance.now() - began) / 60_000).toFixed(1)} min`);
  }
  const report = {
    measure: "mean squared error on 1,000 test examples, mean of both tasks; noise alone is 0.01",
    budget,
    parameters,
    seeds,
    /** By correlation and architecture: one error a seed. */
    errors,
    minutes: (performance.now() - began) / 60_000,
    machine: trainedOn(backendReport()!),
    date: today(),
  };
  await publishRecord("mmoe_correlation.json", report, 4);
  console.log("Wrote bench/results/mmoe_correlation.json.");
}
