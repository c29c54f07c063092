/**
 * Training speed against PyTorch and tfjs-node on the same cores, as ratios of interleaved runs.
 *
 * @module
 */

import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type BackendName, useBackend } from "../../lib/backend/mod.ts";
import { useOneThread } from "../../lib/backend/wasm/mod.ts";
import { median } from "../_timing.ts";
import { models } from "./models/mod.ts";
import { SpeedPeer } from "./peer.ts";
import { writeResults } from "./results.ts";
import { timeSteps } from "./timing.ts";
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
  `deno task bench speed [--quick] [--cpu] [--json] [--model NAME ...] [--backend NAME] [--threads N ...]`;

/**
 * Times every model and prints a table, or one JSON object at the end with `--json`. Without
 * `--quick` it also writes `bench/results/speed.json` and `speed.md`. With `--cpu` it measures processor
 * time on one thread, which also means something while other programs run, and writes nothing.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      cpu: { type: "boolean", default: false },
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
  const counts = values.cpu ? [1] : values.threads.map(Number);
  const report = await useBackend({
    backend: values.backend as BackendName,
    threads: Math.max(...counts),
  });
  const { backend } = report;
  const peers = new Map<number, SpeedPeer[]>();
  const pytorch = await SpeedPeer.pytorch();
  const native = backend !== "native" && !values.cpu && await isNativeInstalled();
  for (const threads of counts) {
    peers.set(threads, native ? [pytorch, SpeedPeer.native(threads)] : [pytorch]);
  }
  const rows: SpeedRow[] = [];
  try {
    for (const model of chosen) {
      const step = trainingStep(model);
      for (const threads of counts) {
        if (backend === "wasm") useOneThread(threads === 1);
        const settings = { backend, threads, quick: values.quick, cpu: values.cpu };
        for (const row of await compare(model.name, step, peers.get(threads)!, settings)) {
          rows.push(row);
          console.error(
            `${row.model.padEnd(10)} ${threads} threads: ${row.ms.toFixed(2)} ms, ` +
              `${row.peer} ${row.peerMs.toFixed(2)} ms, ratio ${row.ratio.toFixed(2)}`,
          );
        }
      }
    }
  } finally {
    for (const peer of new Set([...peers.values()].flat())) peer.stop();
  }
  if (!values.quick && !values.cpu) await writeResults(rows, report);
  if (values.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
}

/** Whether tfjs-node can be a peer; says how to get it where it cannot. */
async function isNativeInstalled(): Promise<boolean> {
  const folder = new URL("../../.polytask/native/", import.meta.url);
  const installed = await stat(folder).then(() => true, () => false);
  if (!installed) console.error("No rows against tfjs-node: deno task native installs it.");
  return installed;
}

/** Runs of all in turn, so that what else the machine does falls on all alike. */
async function compare(
  model: string,
  step: () => Promise<number>,
  peers: readonly SpeedPeer[],
  { backend, threads, quick, cpu }: {
    backend: string;
    threads: number;
    quick: boolean;
    cpu: boolean;
  },
): Promise<SpeedRow[]> {
  const rounds = quick ? 7 : 15;
  const seconds = quick ? 0.3 : 0.6;
  for (let warm = 0; warm < 5; warm++) await step();
  for (const peer of peers) await peer.time(model, threads, seconds, cpu);
  const own: number[] = [];
  const theirs: number[][] = peers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    own.push(await timeSteps(step, seconds, cpu));
    for (const [index, peer] of peers.entries()) {
      theirs[index].push(await peer.time(model, threads, seconds, cpu));
    }
  }
  const ms = median(own);
  return peers.map(({ name }, index) => {
    const peerMs = median(theirs[index]);
    return {
      model,
      backend,
      threads,
      ms,
      peer: name,
      peerThreads: threads,
      peerMs,
      ratio: peerMs / ms,
    };
  });
}
