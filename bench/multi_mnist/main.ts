/**
 * LeNet on MultiMNIST at a larger budget than the quick profile of chapter 02:
 * `deno task bench multi_mnist [--pairs 40000] [--epochs 6] [--seeds 3]`. One network for both digits
 * against one for each, paired by seed. Writes `bench/results/multi_mnist.json`, which the chapter
 * shows beside published figures.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  backendReport,
  classification,
  data,
  encoders,
  fit,
  hardSharing,
  useBackend,
} from "polytask";
import { publishRecord, thisMachine, today, trainedOn } from "../_record.ts";

const tasks = {
  left: classification("left", { classes: 10, hidden: [50] }),
  right: classification("right", { classes: 10, hidden: [50] }),
};
type Side = keyof typeof tasks;
const TEST_PAIRS = 10_000;

/** Trains, measures and writes the figures. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: "string", default: "40000" },
      epochs: { type: "string", default: "6" },
      seeds: { type: "string", default: "3" },
    },
  });
  const [pairs, epochs, seedCount] = [values.pairs, values.epochs, values.seeds].map(Number);
  await useBackend();
  const began = performance.now();
  const variants = {
    "single tasks": [["left"], ["right"]],
    "shared trunk": [["left", "right"]],
  } as const;
  const runs: Record<keyof typeof variants, Record<Side, number[]>> = {
    "single tasks": { left: [], right: [] },
    "shared trunk": { left: [], right: [] },
  };
  for (let seed = 1; seed <= seedCount; seed++) {
    for (const [name, groups] of Object.entries(variants)) {
      console.error(`seed ${seed} of ${seedCount}, ${name}`);
      const reached = await accuracies(groups, seed, pairs, epochs);
      const kept = runs[name as keyof typeof variants];
      for (const side of Object.keys(tasks) as Side[]) kept[side].push(reached[side]);
    }
    // After every seed, so that a long run that is ended leaves those that it had.
    await publishRecord("multi_mnist.json", {
      pairs,
      epochs,
      testPairs: TEST_PAIRS,
      batchSize: 128,
      optimizer: "adam, learning rate 0.001",
      seeds: Array.from({ length: seed }, (_, at) => at + 1),
      runs,
      minutes: Math.round((performance.now() - began) / 6000) / 10,
      machine: { ...thisMachine(), ...trainedOn(backendReport()!) },
      date: today(),
    });
  }
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
    test: TEST_PAIRS,
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
