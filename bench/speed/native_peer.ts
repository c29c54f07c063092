/**
 * Times training steps of the same models on native TensorFlow: one JSON request a line in, one JSON
 * answer a line out, as `peer.py` does it for PyTorch. `POLYTASK_THREADS` says how many threads.
 *
 * @module
 */

import process from "node:process";
import { createInterface } from "node:readline";
import { useBackend } from "../../lib/backend/mod.ts";
import { models } from "./models/mod.ts";
import { timeSteps } from "./timing.ts";
import { trainingStep } from "./training.ts";

await useBackend({ backend: "native" });

const steps = new Map<string, () => Promise<number>>();

for await (const line of createInterface({ input: process.stdin })) {
  const { model: name, seconds }: { model: string; seconds: number } = JSON.parse(line);
  let step = steps.get(name);
  if (!step) {
    const model = models.find((known) => known.name === name);
    if (!model) throw new Error(`There is no model ${name}.`);
    step = trainingStep(model);
    for (let warm = 0; warm < 3; warm++) await step();
    steps.set(name, step);
  }
  console.log(JSON.stringify({ ms: await timeSteps(step, seconds) }));
}
