/**
 * Does MMoE gain more, the less the tasks have to do with each other? The synthetic study of Ma et
 * al. (KDD 2018) with paired seeds: `deno task bench mmoe_correlation [--seeds 12]`. A seed draws the
 * tasks, their examples and the first weights; all architectures see the same. Writes
 * `bench/results/mmoe_correlation.json` after each seed; chapter 06 shows it.
 *
 * Sizes of the networks are those of the paper. What it does not give (the length and the waves of
 * the tasks, the length of training) is as in keras-mmoe, Drawbridge's code for it. Nothing is chosen
 * by the errors that are reported.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { backendReport, useBackend } from "polytask";
import { publishRecord, today, trainedOn } from "../_record.ts";
import { architectures, budget, measure } from "./experiment.ts";

const CORRELATIONS = [0, 0.5, 0.9, 1];

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: "string", default: "12" } },
  });
  await useBackend();
  const began = performance.now();
  const minutes = () => (performance.now() - began) / 60_000;
  const errors: Record<string, Record<string, number[]>> = {};
  const bestEpochs: Record<string, number[]> = {};
  const parameters: Record<string, number> = {};
  const seeds: number[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const correlation of CORRELATIONS) {
      for (const architecture of Object.keys(architectures)) {
        const outcome = await measure(architecture, { correlation, seed });
        parameters[architecture] = outcome.parameters;
        ((errors[correlation] ??= {})[architecture] ??= []).push(outcome.error);
        (bestEpochs[architecture] ??= []).push(outcome.bestEpoch);
      }
    }
    seeds.push(seed);
    console.error(`seed ${seed}: ${minutes().toFixed(1)} min`);
    // Seed by seed, so that an early end leaves whole seeds.
    await publishRecord("mmoe_correlation.json", {
      measure: "mean squared error on 1,000 test examples, mean of both tasks; noise alone is 0.01",
      budget,
      parameters,
      seeds,
      /** By correlation and architecture: one error a seed. */
      errors,
      /** By architecture: the epoch that was kept, of every run. */
      bestEpochs,
      minutes: minutes(),
      machine: trainedOn(backendReport()!),
      date: today(),
    }, 4);
  }
  console.log("Wrote bench/results/mmoe_correlation.json.");
}
