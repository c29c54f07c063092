/**
 * All methods that weigh tasks by their losses, on the two real data sets of chapter 07:
 * `deno task bench loss_weighting [--seeds 8] [--only parkinsons]`. Every method trains the same
 * network with the same steps, paired by seed, beside single-task networks. Writes
 * `bench/results/loss_weighting.json`, which the chapter shows; with `--only` the other experiment
 * stays in it as it was.
 *
 * @module
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { backendReport, useBackend, version } from "polytask";
import {
  type Experiment,
  experiments,
  methods,
  runGuess,
  runMethod,
  type RunResult,
  runSingle,
} from "./experiments.ts";

const results = new URL("../results/loss_weighting.json", import.meta.url);

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: "string", default: "8" }, only: { type: "string" } },
  });
  if (values.only && !(values.only in experiments)) {
    throw new Error(`There is no experiment "${values.only}": ${Object.keys(experiments)}.`);
  }
  const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
  await useBackend();
  for (const [name, experiment] of Object.entries(experiments)) {
    if (values.only && name !== values.only) continue;
    await save(name, await measure(name, experiment, seeds));
  }
}

/** All variants of an experiment, seed by seed, so that a busy machine slows all of them alike. */
async function measure(name: string, experiment: Experiment, seeds: readonly number[]) {
  const variants: Record<string, (seed: number) => Promise<RunResult>> = {
    ...Object.fromEntries(
      Object.keys(methods).map((method) => [
        method,
        (seed: number) => runMethod(experiment, method, seed),
      ]),
    ),
    "single tasks": (seed) => runSingle(experiment, "same epochs", seed),
    "single tasks, third of the epochs": (seed) => runSingle(experiment, "same total", seed),
    "a guess": (seed) => runGuess(experiment, seed),
  };
  const runs: Record<string, Record<string, number[]>> = {};
  const seconds: Record<string, number[]> = {};
  const shares: Record<string, (readonly number[])[]> = {};
  const failures: Record<string, { seed: number; message: string }[]> = {};
  const began = performance.now();
  const beganCpu = cpuSeconds();
  for (const seed of seeds) {
    for (const [variant, runVariant] of Object.entries(variants)) {
      const result = await runVariant(seed).catch((error) => error as Error);
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
    console.error(`${name}: seed ${seed} of ${seeds.length}, ${cpuSeconds().toFixed(0)} s of CPU`);
  }
  const { title, units, epochs, batchSize, tasks } = experiment;
  const { backend, device, threads, versions } = backendReport()!;
  return {
    title,
    tasks: tasks.map((task) => task.name),
    budget: { units, epochs, batchSize, optimizer: "adam, learning rate 0.003" },
    seeds,
    runs,
    failures,
    seconds,
    shares,
    minutes: (performance.now() - began) / 60_000,
    cpuMinutes: (cpuSeconds() - beganCpu) / 60,
    machine: { backend, device, threads, versions: { polytask: version, ...versions } },
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Whether a method broke down: a loss that it refuses, or training that left the numbers. */
function isBreakdown({ message }: Error): boolean {
  return /takes losses above 0|for losses above 0|The loss of task|made of numbers/.test(message);
}

/** Puts the figures of one experiment into the file. */
async function save(name: string, figures: unknown): Promise<void> {
  const before = await readFile(results, "utf8").then(JSON.parse, () => ({}));
  const temporary = new URL("loss_weighting.json.tmp", results);
  const report = { ...before, [name]: figures };
  await writeFile(temporary, JSON.stringify(report, rounded, 2) + "\n");
  await rename(temporary, results);
  console.log(`Wrote ${name} to bench/results/loss_weighting.json.`);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Six digits are enough, and keep the file small. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}
