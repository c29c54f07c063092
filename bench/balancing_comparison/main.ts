/**
 * Every way to balance two gradients, LeNet on MultiMNIST, paired by seed, beside single-task
 * networks: `deno task bench balancing_comparison [--pairs 8000] [--test-pairs 2000] [--epochs 5]
 * [--seeds 5] [--continue]`. Writes `bench/results/balancing_multi_mnist.json` after every seed,
 * which chapter 08 shows; `--continue` keeps the seeds that are there and runs those that are not.
 * `--again 1 [--methods "MGDA,PCGrad"]` writes nothing: it trains that seed once more with the present
 * code and says how far the accuracies are from the recorded ones.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { backendReport, useBackend, version } from "polytask";
import { earlierRecord, publishRecord, thisMachine, today } from "../_record.ts";
import { balancers, SINGLE } from "./methods.ts";
import { type Budget, type Curves, drawPairs, prices, type Side, train } from "./training.ts";

const RESULTS = "balancing_multi_mnist.json";

/** What is written: `runs[variant][task][seed][epoch]` is an accuracy on the test pairs. */
interface Report {
  readonly date: string;
  /** Of the code that trained, where it was written down. */
  readonly commit?: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly network: string;
  readonly optimizer: string;
  readonly budget: Budget;
  /** Processor time of a training step, relative to equal weights. */
  readonly prices: Readonly<Record<string, number>>;
  readonly seeds: readonly number[];
  readonly runs: Readonly<Record<string, Readonly<Record<Side, readonly (readonly number[])[]>>>>;
}

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "pairs": { type: "string", default: "8000" },
      "test-pairs": { type: "string", default: "2000" },
      "epochs": { type: "string", default: "5" },
      "seeds": { type: "string", default: "5" },
      "continue": { type: "boolean", default: false },
      "again": { type: "string" },
      "methods": { type: "string" },
    },
  });
  const budget: Budget = {
    pairs: Number(values.pairs),
    testPairs: Number(values["test-pairs"]),
    epochs: Number(values.epochs),
    batchSize: 64,
    learningRate: 0.002,
  };
  await useBackend({ threads: 1 });
  if (values.again) return await again(Number(values.again), values.methods?.split(","));
  let report = values.continue ? await resumed(budget) : await fresh(budget);
  const wanted = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
  for (const seed of wanted.filter((seed) => !report.seeds.includes(seed))) {
    const pairs = await drawPairs(budget, seed);
    const measured: Record<string, Curves> = {};
    for (const variant of Object.keys(report.runs)) {
      console.error(`seed ${seed}: ${variant}`);
      measured[variant] = await train(variant, pairs, budget, seed);
    }
    report = withSeed(report, seed, measured);
    await publishRecord(RESULTS, report);
  }
  console.log(JSON.stringify({ seeds: report.seeds, prices: report.prices }));
}

/** Trains a recorded seed with the present code and prints the largest difference of an accuracy. */
async function again(seed: number, methods?: readonly string[]): Promise<void> {
  const report = await recorded();
  const place = report.seeds.indexOf(seed);
  if (place < 0) throw new Error(`Seed ${seed} is not among those recorded: ${report.seeds}.`);
  const pairs = await drawPairs(report.budget, seed);
  const differences: Record<string, number> = {};
  for (const variant of methods ?? Object.keys(report.runs)) {
    const recorded = report.runs[variant];
    if (!recorded) throw new Error(`There is no method "${variant}": ${Object.keys(report.runs)}.`);
    const curves = await train(variant, pairs, report.budget, seed);
    differences[variant] = Math.max(
      ...(["left", "right"] as const).flatMap((side) =>
        curves[side].map((value, epoch) => Math.abs(value - recorded[side][place][epoch]))
      ),
    );
    console.error(`${variant}: ${differences[variant]}`);
  }
  console.log(JSON.stringify({ seed, recorded: report.date, differences }));
}

async function fresh(budget: Budget): Promise<Report> {
  const variants = [...Object.keys(balancers), SINGLE];
  const { backend, device, threads, versions } = backendReport()!;
  console.error("measuring the price of a step");
  return {
    date: today(),
    machine: { ...thisMachine(), backend, device, threads },
    versions: { polytask: version, deno: Deno.version.deno, ...versions },
    network: "LeNet with 50 shared units, heads with 50 hidden units",
    optimizer: `adam, learning rate ${budget.learningRate}`,
    budget,
    prices: await prices(await drawPairs(budget, 1), budget, 5),
    seeds: [],
    runs: Object.fromEntries(variants.map((name) => [name, { left: [], right: [] }])),
  };
}

/** The report that was written last. */
async function recorded(): Promise<Report> {
  const report = await earlierRecord(RESULTS) as Report | undefined;
  if (!report) throw new Error(`There is no bench/results/${RESULTS} yet.`);
  return report;
}

/** The report that was written last, if it had the same budget and variants. */
async function resumed(budget: Budget): Promise<Report> {
  const report = await recorded();
  const variants = [...Object.keys(balancers), SINGLE];
  if (
    JSON.stringify(report.budget) !== JSON.stringify(budget) ||
    `${Object.keys(report.runs)}` !== `${variants}`
  ) {
    throw new Error(
      "The results that are there have another budget or other methods: run without --continue.",
    );
  }
  return report;
}

function withSeed(report: Report, seed: number, measured: Record<string, Curves>): Report {
  const runs = Object.entries(report.runs).map(([variant, { left, right }]) => [
    variant,
    { left: [...left, measured[variant].left], right: [...right, measured[variant].right] },
  ]);
  return { ...report, seeds: [...report.seeds, seed], runs: Object.fromEntries(runs) };
}
