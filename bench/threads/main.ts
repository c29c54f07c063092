/**
 * What helper threads gain on a free machine and cost on a busy one: training steps with one thread
 * and with all of them in turn, alone and beside programs that burn every core.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { useBackend } from "../../lib/backend/mod.ts";
import { useOneThread } from "../../lib/backend/wasm/mod.ts";
import { median } from "../_timing.ts";
import { models } from "../speed/models/mod.ts";
import { timeSteps } from "../speed/timing.ts";
import { trainingStep } from "../speed/training.ts";

const ROUNDS = 15;
const SECONDS = 0.3;
/** A model of large products, one of convolutions, one of many small operations. */
const names = ["mlp", "cnn", "mmoe"];

/**
 * Prints for each model, on the machine as it is and beside one burning program for each core, the
 * median milliseconds a step and the ratio of one thread to all: below 1 the helpers cost time.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      threads: { type: "string", default: String(availableParallelism()) },
    },
  });
  const threads = Number(values.threads);
  await useBackend({ backend: "wasm", threads });
  const steps = names.map((name) => trainingStep(models.find((model) => model.name === name)!));
  const rows: Record<string, string | number>[] = [];
  for (const busy of [false, true]) {
    const burners = busy ? Array.from({ length: availableParallelism() }, startBurner) : [];
    try {
      for (const [index, step] of steps.entries()) {
        rows.push({
          model: names[index],
          machine: busy ? "busy" : "as it is",
          ...await compare(step, threads),
        });
      }
    } finally {
      for (const burner of burners) burner.stdin?.end();
    }
  }
  if (values.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
}

async function compare(step: () => Promise<number>, threads: number) {
  const one: number[] = [];
  const all: number[] = [];
  for (let warm = 0; warm < 5; warm++) await step();
  for (let round = 0; round < ROUNDS; round++) {
    useOneThread(true);
    one.push(await timeSteps(step, SECONDS));
    useOneThread(false);
    all.push(await timeSteps(step, SECONDS));
  }
  const [oneMs, allMs] = [median(one), median(all)];
  return { threads, oneMs, allMs, ratio: oneMs / allMs };
}

function startBurner(): ChildProcess {
  const program = fileURLToPath(new URL("./burner.ts", import.meta.url));
  return spawn(Deno.execPath(), ["run", "--no-check", program], {
    stdio: ["pipe", "ignore", "inherit"],
  });
}
