/**
 * All methods that weigh tasks by their losses, on the two real data sets of chapter 07:
 * `deno task bench loss_weighting [--seeds 8] [--only parkinsons] [--choose-only]`. Every method
 * trains the same network with the same steps, paired by seed, beside single-task networks. How long
 * a seed trains is chosen for equal weights on validation examples of its training part; test
 * examples are looked at once, at the end. Writes `bench/results/loss_weighting.json`, which the
 * chapter shows; with `--only` the other experiment stays in it as it was, with `--choose-only` all
 * of it.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { backendReport, useBackend } from "polytask";
import { earlierRecord, publishRecord, today, trainedOn } from "../_record.ts";
import { processorTime } from "../_timing.ts";
import { breakdownEpoch, chooseEpochs, type EpochChoice, isBreakdown } from "./budget.ts";
import {
  type Experiment,
  experiments,
  LEARNING_RATE,
  methods,
  runGuess,
  runMethod,
  type RunResult,
  runSingle,
} from "./experiments.ts";

/** An earlier pilot looked at test errors of seeds 1 and 2; these are others. */
const FIRST_SEED = 11;

/** Epochs in which the methods that take logarithms are watched until they stop. */
const BREAKDOWN_EPOCHS = 12;

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "8" },
      only: { type: "string" },
      "choose-only": { type: "boolean", default: false },
    },
  });
  if (values.only && !(values.only in experiments)) {
    throw new Error(`There is no experiment "${values.only}": ${Object.keys(experiments)}.`);
  }
  const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => FIRST_SEED + at);
  await useBackend();
  for (const [name, experiment] of Object.entries(experiments)) {
    if (values.only && name !== values.only) continue;
    const figures = await measure(name, experiment, seeds, values["choose-only"]);
    if (figures) await save(name, figures);
  }
}

/** All variants of an experiment, seed by seed, so that a busy machine slows all of them alike. */
async function measure(
  name: string,
  experiment: Experiment,
  seeds: readonly number[],
  chooseOnly: boolean,
) {
  const variants: Record<string, (seed: number, epochs: number) => Promise<RunResult>> = {
    ...Object.fromEntries(
      Object.keys(methods).map((method) => [
        method,
        (seed: number, epochs: number) => runMethod(experiment, method, seed, epochs),
      ]),
    ),
    "single tasks": (seed, epochs) => runSingle(experiment, seed, epochs),
    "single tasks, third of the epochs": (seed, epochs) =>
      runSingle(experiment, seed, epochs / experiment.tasks.length),
    "a guess": (seed) => runGuess(experiment, seed),
  };
  const runs: Record<string, Record<string, number[]>> = {};
  const seconds: Record<string, number[]> = {};
  const shares: Record<string, (readonly number[])[]> = {};
  const failures: Record<string, { seed: number; message: string }[]> = {};
  const began = performance.now();
  const beganProcessor = processorTime();
  const choices: EpochChoice[] = [];
  for (const seed of seeds) {
    choices.push(await chooseEpochs(experiment, seed));
    console.error(`${name}: seed ${seed} trains for ${choices.at(-1)!.epochs} epochs`);
  }
  if (chooseOnly) return;
  for (const { seed, epochs } of choices) {
    for (const [variant, runVariant] of Object.entries(variants)) {
      const result = await runVariant(seed, epochs).catch((error) => error as Error);
      if (result instanceof Error) {
        if (!isBreakdown(result)) throw result;
        (failures[variant] ??= []).push({ seed, message: result.message });
        continue;
      }
      for (const [figure, value] of Object.entries(result.errors)) {
        ((runs[variant] ??= {})[figure] ??= []).push(value);
      }
      (seconds[variant] ??= []).push(result.seconds);
      if (result.shares) (shares[variant] ??= []).push(result.shares);
    }
    console.error(
      `${name}: seed ${seed} measured, ${(processorTime() / 1000).toFixed(0)} s of CPU`,
    );
  }
  const breakdowns: Record<string, (number | null)[]> = {};
  for (const method of ["GLS", "SI"]) {
    breakdowns[method] = [];
    for (const seed of seeds) {
      breakdowns[method].push(await breakdownEpoch(experiment, method, seed, BREAKDOWN_EPOCHS));
    }
    console.error(`${name}: ${method} stops in epochs ${breakdowns[method]}`);
  }
  const { title, units, candidates, batchSize, tasks } = experiment;
  return {
    title,
    tasks: tasks.map((task) => task.name),
    budget: { units, batchSize, optimizer: `adam, learning rate ${LEARNING_RATE}` },
    choice: { candidates, seeds: choices },
    seeds,
    runs,
    failures,
    breakdowns: { within: BREAKDOWN_EPOCHS, epochs: breakdowns },
    seconds,
    shares,
    minutes: (performance.now() - began) / 60_000,
    cpuMinutes: (processorTime() - beganProcessor) / 60_000,
    machine: trainedOn(backendReport()!),
    date: today(),
  };
}

/** Puts the figures of one experiment into the file. */
async function save(name: string, figures: unknown): Promise<void> {
  const before = await earlierRecord("loss_weighting.json") as object | undefined;
  const report = { ...before, [name]: figures };
  await publishRecord("loss_weighting.json", report, 6);
  console.log(`Wrote ${name} to bench/results/loss_weighting.json.`);
}
