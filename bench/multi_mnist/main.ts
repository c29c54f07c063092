/**
 * LeNet on MultiMNIST at a larger budget than the quick profile of chapter 02:
 * `deno task bench multi_mnist [--pairs 40000] [--epochs 6] [--seeds 2]`. One network for both digits
 * against one for each, paired by seed. Writes `bench/results/multi_mnist.json`, which the chapter
 * shows beside published figures.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  backendReport,
  classification,
  compare,
  data,
  encoders,
  fit,
  hardSharing,
  useBackend,
} from "polytask";
import { publishRecord, today, trainedOn } from "../_record.ts";

const tasks = {
  left: classification("left", { classes: 10, hidden: [50] }),
  right: classification("right", { classes: 10, hidden: [50] }),
};
type Side = keyof typeof tasks;

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: "string", default: "40000" },
      epochs: { type: "string", default: "6" },
      seeds: { type: "string", default: "2" },
    },
  });
  const [pairs, epochs, seedCount] = [values.pairs, values.epochs, values.seeds].map(Number);
  await useBackend();
  const began = performance.now();
  const comparison = await compare({
    seeds: Array.from({ length: seedCount }, (_, at) => at + 1),
    variants: {
      "single tasks": (seed) => accuracies([["left"], ["right"]], seed, pairs, epochs),
      "shared trunk": (seed) => accuracies([["left", "right"]], seed, pairs, epochs),
    },
    onRun: ({ variant, seed, done, total }) =>
      console.error(`${done + 1} of ${total}: ${variant}, seed ${seed}`),
  });
  const report = {
    pairs,
    epochs,
    testPairs: 10_000,
    batchSize: 128,
    optimizer: "adam, learning rate 0.001",
    seeds: comparison.seeds,
    runs: comparison.runs,
    minutes: Math.round((performance.now() - began) / 6000) / 10,
    machine: trainedOn(backendReport()!),
    date: today(),
  };
  await publishRecord("multi_mnist.json", report);
  console.log(JSON.stringify(report));
}

async function accuracies(
  groups: readonly (readonly Side[])[],
  seed: number,
  pairs: number,
  epochs: number,
): Promise<Record<Side, number>> {
  const { train, test } = await data.multiMnist({
    seed,
    train: pairs,
    validation: 0,
    test: 10_000,
  });
  const measured: Partial<Record<Side, number>> = {};
  for (const group of groups) {
    const model = hardSharing({
      encoder: encoders.leNet({ units: 50 }),
      tasks: group.map((side) => tasks[side]),
    });
    await fit(model, train, { epochs, batchSize: 128, seed });
    const figures = await model.evaluate(test);
    for (const side of group) measured[side] = figures[side].accuracy;
    model.dispose();
  }
  return measured as Record<Side, number>;
}
