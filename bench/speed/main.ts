/**
 * Training speed against PyTorch on the same cores, as ratios of interleaved runs.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type BackendName, useBackend } from "../../lib/backend/mod.ts";
import { useOneThread } from "../../lib/backend/wasm/mod.ts";
import { models } from "./models/mod.ts";
import { Peer } from "./peer.ts";
import { writeResults } from "./results.ts";
import { trainingStep } from "./training.ts";

/** One line of the result: medians in milliseconds a step. */
export interface SpeedRow {
  readonly model: string;
  readonly backend: string;
  readonly threads: number;
  readonly ms: number;
  readonly peer: string;
  readonly peerThreads: number;
  readonly peerMs: number;
  /** peerMs / ms: above 1 is faster than the peer. */
  readonly ratio: number;
}

const usage =
  `deno task bench speed [--quick] [--json] [--model NAME ...] [--backend NAME] [--threads N ...]`;

/**
 * Times every model and prints a table, or one JSON object at the end with `--json`. Without
 * `--quick` it also writes `bench/results/speed.json` and `speed.md`.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      model: { type: "string", multiple: true },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string", multiple: true, default: ["1", "2"] },
    },
  });
  const chosen = models.filter(({ name }) => !values.model || values.model.includes(name));
  if (chosen.length === 0) {
    throw new Error(
      `No such model. There are ${models.map(({ name }) => name).join(", ")}. ${usage}`,
    );
  }
  const counts = values.threads.map(Number);
  const report = await useBackend({
    backend: values.backend as BackendName,
    threads: Math.max(...counts),
  });
  const { backend } = report;
  const peer = await Peer.start();
  const rows: SpeedRow[] = [];
  try {
    for (const model of chosen) {
      const step = trainingStep(model);
      for (const threads of counts) {
        if (backend === "wasm") useOneThread(threads === 1);
        const row = await compare(model.name, step, peer, backend, threads, values.quick);
        rows.push(row);
        console.error(
          `${row.model.padEnd(10)} ${threads} threads: ${row.ms.toFixed(2)} ms, ` +
            `PyTorch ${row.peerMs.toFixed(2)} ms, ratio ${row.ratio.toFixed(2)}`,
        );
      }
    }
  } finally {
    peer.stop();
  }
  if (!values.quick) await writeResults(rows, report);
  if (values.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
}

/** Runs of both in turn, so that what else the machine does falls on both alike. */
async function compare(
  model: string,
  step: () => Promise<number>,
  peer: Peer,
  backend: string,
  threads: number,
  quick: boolean,
): Promise<SpeedRow> {
  const rounds = quick ? 7 : 21;
  const seconds = quick ? 0.3 : 1;
  for (let warm = 0; warm < 5; warm++) await step();
  await peer.time(model, threads, seconds);
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await timeSteps(step, seconds));
    theirs.push(await peer.time(model, threads, seconds));
  }
  const ms = median(own);
  const peerMs = median(theirs);
  return {
    model,
    backend,
    threads,
    ms,
    peer: "pytorch",
    peerThreads: threads,
    peerMs,
    ratio: peerMs / ms,
  };
}

/** Mean milliseconds of a step over about `seconds`. */
async function timeSteps(step: () => Promise<number>, seconds: number): Promise<number> {
  const start = performance.now();
  let steps = 0;
  let loss = 0;
  do {
    loss = await step();
    steps++;
  } while (performance.now() - start < seconds * 1000);
  if (!Number.isFinite(loss)) {
    throw new Error("The loss is not a number: the timing means nothing.");
  }
  return (performance.now() - start) / steps;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
