/**
 * Times every model of `bench speed` with WebGPU against PyTorch on the same card.
 *
 * This is the program that is packed: it runs in the checkout and, as one file, on a bare machine.
 *
 * @module
 */

import { execFile } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
import { useBackend } from "../../lib/backend/mod.ts";
import { writeAtomically } from "../../tools/files.ts";
import { today } from "../_record.ts";
import { median } from "../_timing.ts";
import { models } from "../speed/models/mod.ts";
import { SpeedPeer } from "../speed/peer.ts";
import { timeSteps } from "../speed/timing.ts";
import { trainingStep } from "../speed/training.ts";

/** One line of the result: medians in milliseconds a step. */
export interface GpuRow {
  readonly model: string;
  readonly backend: "webgpu";
  readonly ms: number;
  readonly peer: string;
  readonly peerMs: number;
  /** peerMs / ms: above 1 is faster than the peer. */
  readonly ratio: number;
}

/** What `bench/results/gpu.json` holds. */
export interface GpuRecord {
  /** Date in ISO form. */
  readonly measured: string;
  /** The card as WebGPU names it. */
  readonly card: string;
  /** The driver as nvidia-smi names it; empty where there is none. */
  readonly driver: string;
  /** What PyTorch computes on, and its versions. */
  readonly pytorch: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly GpuRow[];
}

/** Where Python and the program of the peer are, and where the results go. */
export interface Places {
  readonly python: string;
  readonly peer: string;
  readonly results: string;
}

const usage = "[--quick] [--model NAME ...]";

/**
 * Times the models, prints a line for each and writes the results to `places.results`; with `--quick`
 * it prints them instead, as they say only that the program runs.
 *
 * @throws {Error} When there is no WebGPU, or PyTorch does not start.
 */
export async function timeAll(args: readonly string[], places: Places): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      model: { type: "string", multiple: true },
    },
  });
  const chosen = models.filter(({ name }) => !values.model || values.model.includes(name));
  if (chosen.length === 0) {
    throw new Error(
      `No such model. There are ${models.map(({ name }) => name).join(", ")}. Usage: ${usage}`,
    );
  }
  const { device, versions } = await useBackend({ backend: "webgpu" });
  const peer = new SpeedPeer("pytorch", {
    command: places.python,
    args: [places.peer, "--gpu"],
  });
  const rows: GpuRow[] = [];
  try {
    const pytorch = await peer.about();
    console.error(`WebGPU on ${device}, PyTorch ${pytorch.version} on ${pytorch.device}.`);
    if (!values.quick && pytorch.device === "the processor") {
      throw new Error("PyTorch reaches no card here: only --quick runs, to try the program out.");
    }
    for (const model of chosen) {
      const row = await compare(model.name, trainingStep(model), peer, values.quick);
      rows.push(row);
      console.error(
        `${row.model.padEnd(10)} ${row.ms.toFixed(2)} ms, PyTorch ${row.peerMs.toFixed(2)} ms, ` +
          `ratio ${row.ratio.toFixed(2)}`,
      );
    }
    const measured = today();
    const driver = await nvidiaDriver();
    const record: GpuRecord = { measured, card: device, driver, pytorch, versions, rows };
    if (values.quick) {
      console.log(JSON.stringify(record, null, 2));
      return;
    }
    await writeAtomically(places.results, `${JSON.stringify(record, null, 2)}\n`);
    console.error(`Written to ${places.results}.`);
  } finally {
    peer.stop();
  }
}

/** Runs of both in turn, so that what else the machine does falls on both alike. */
async function compare(
  model: string,
  step: () => Promise<number>,
  peer: SpeedPeer,
  quick: boolean,
): Promise<GpuRow> {
  const rounds = quick ? 1 : 15;
  const seconds = quick ? 0.05 : 0.6;
  // Shaders are compiled in the first steps.
  for (let warm = 0; warm < (quick ? 1 : 10); warm++) await step();
  await peer.time(model, 1, seconds);
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await timeSteps(step, seconds));
    theirs.push(await peer.time(model, 1, seconds));
  }
  const [ms, peerMs] = [median(own), median(theirs)];
  return { model, backend: "webgpu", ms, peer: "pytorch", peerMs, ratio: peerMs / ms };
}

function nvidiaDriver(): Promise<string> {
  return new Promise((resolve) => {
    const query = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
    try {
      execFile("nvidia-smi", query, (error, out) => resolve(error ? "" : out.trim()));
    } catch {
      resolve(""); // No permission to run it.
    }
  });
}

/** Ends the process with one sentence, as backends and peers may keep it alive. */
export function ended(work: Promise<void>): Promise<never> {
  return work.then(() => process.exit(0), (error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
