/**
 * What balancing costs: a training step under each method relative to one under equal weighting,
 * here and in LibMTL and TorchJD, in runs that take turns on the same cores.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type BackendName, useBackend } from "../../lib/backend/mod.ts";
import { useOneThread } from "../../lib/backend/wasm/mod.ts";
import {
  type Balancer,
  equalWeights,
  type GradientSource,
  gramianMethods,
  jacobianMethods,
  lossMethods,
  mgda,
} from "../../lib/balancing/mod.ts";
import { median } from "../_timing.ts";
import { BenchNetwork, type ModelName } from "./model.ts";
import { type PeerName, type Peers, startPeers, type Timing } from "./peer.ts";
import { type RecorderRow, timeRecorder } from "./recorder.ts";
import { writeResults } from "./results.ts";
import { compareSteps, type Step } from "./timing.ts";

/** One line of the result: medians over the rounds. */
export interface BalancingRow {
  readonly model: ModelName;
  readonly method: string;
  readonly tasks: number;
  readonly backend: string;
  readonly threads: number;
  /** Milliseconds of a step under the method: with one thread, of processor time. */
  readonly ms: number;
  /** `ms` divided by a step under equal weighting. */
  readonly overEqual: number;
  /** `null` where no peer has the method. */
  readonly peer: PeerName | null;
  /** The same ratio of the peer, over its own equal weighting. */
  readonly peerOverEqual: number | null;
  /** Milliseconds of a step of the peer under the method. */
  readonly peerMs: number | null;
}

const makers: Record<string, () => Balancer> = {
  ...gramianMethods as Record<string, () => Balancer>,
  "mgda on representation": () => mgda({ on: "representation" }),
  "gradnorm on all shared layers": () => gramianMethods.gradnorm({ on: "shared" }),
  "graddrop": jacobianMethods.graddrop,
  "graddrop on representation": () => jacobianMethods.graddrop({ on: "representation" }),
  "moco": jacobianMethods.moco,
  "db-mtl": jacobianMethods["db-mtl"],
  "excess-mtl": jacobianMethods["excess-mtl"],
  "trimmed-mean": jacobianMethods["trimmed-mean"],
  "gradvac by layer": jacobianMethods.gradvac,
  "uncertainty": lossMethods.uncertainty,
  "dwa": lossMethods.dwa,
  "scale-invariant": lossMethods["scale-invariant"],
  "rlw": lossMethods.rlw,
  "geometric-mean": lossMethods["geometric-mean"],
  "imtl-l": lossMethods["imtl-l"],
  "stch": lossMethods.stch,
  "cosmos": lossMethods.cosmos,
  "pbi": lossMethods.pbi,
  "famo": lossMethods.famo,
  "auto-lambda": lossMethods["auto-lambda"],
};

const quickMethods = [
  "uncertainty",
  "pcgrad",
  "mgda",
  "mgda on representation",
  "cagrad",
  "aligned-mtl",
  "upgrad",
];

/** Gradients that the recorder can compare. */
const sources: readonly GradientSource[] = ["shared", "last layer", "representation"];

const usage =
  "deno task bench balancing [--quick] [--json] [--model lenet|mlp ...] [--tasks K ...] " +
  "[--method NAME ...] [--no-recorder] [--backend NAME] [--threads N] [--save NOTE]";

/**
 * Times every method and what recording conflicts costs, and prints tables, or one JSON object at
 * the end with `--json`. `--save NOTE` writes `bench/results/balancing.json` and `balancing.md`,
 * with a note about the run.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      model: { type: "string", multiple: true, default: ["lenet", "mlp"] },
      tasks: { type: "string", multiple: true, default: ["2", "10", "40"] },
      method: { type: "string", multiple: true },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string", default: "1" },
      "no-recorder": { type: "boolean", default: false },
      save: { type: "string" },
    },
  });
  const methods = values.method ?? (values.quick ? quickMethods : Object.keys(makers));
  const unknown = methods.filter((method) => !(method in makers));
  if (unknown.length > 0) {
    throw new Error(
      `No method ${unknown.join(", ")}. There are ${Object.keys(makers).join(", ")}. ${usage}`,
    );
  }
  const threads = Number(values.threads);
  const report = await useBackend({ backend: values.backend as BackendName, threads });
  const { backend } = report;
  if (backend === "wasm") useOneThread(threads === 1);
  const models = values.model as ModelName[];
  const cases = models.flatMap((model) => values.tasks.map((tasks) => [model, +tasks] as const));
  const effort = values.quick ? { rounds: 3, seconds: 0.3 } : { rounds: 5, seconds: 0.5 };
  const rows: BalancingRow[] = [];
  const recorder: RecorderRow[] = [];
  const peers = await startPeers();
  try {
    for (const [model, tasks] of cases) {
      for (const method of methods) {
        const found = await compare({ model, tasks, method, backend, threads, peers, ...effort });
        rows.push(...found);
        for (const row of found) console.error(describe(row));
        // A run that is cut short keeps what it measured.
        if (values.save !== undefined) await writeResults({ rows: found }, report, values.save);
      }
    }
  } finally {
    peers.stop();
  }
  for (const [model, tasks] of values["no-recorder"] ? [] : cases) {
    for (const on of sources) {
      const row = await timeRecorder({ model, tasks, on, threads, ...effort });
      recorder.push(row);
      if (values.save !== undefined) {
        await writeResults({ recorder: [row] }, report, values.save);
      }
      console.error(`${model} K=${tasks} recorder on ${on}: ${row.share.toFixed(3)} of a step`);
    }
  }
  if (values.json) {
    console.log(JSON.stringify({ rows, recorder }));
    return;
  }
  console.table(rows);
  console.table(recorder);
}

interface Comparison {
  readonly model: ModelName;
  readonly tasks: number;
  readonly method: string;
  readonly backend: string;
  readonly threads: number;
  readonly peers: Peers;
  readonly rounds: number;
  /** Shortest time of one measurement. */
  readonly seconds: number;
}

/** Rounds in which everything takes its turn, so that what else the machine does falls on all. */
async function compare(comparison: Comparison): Promise<BalancingRow[]> {
  const { model, tasks, method, backend, threads, peers, rounds, seconds } = comparison;
  const network = new BenchNetwork(model, tasks);
  const equal = network.step(equalWeights());
  const step = network.step(makers[method]());
  for (const cold of [equal, step]) await warmUp(cold, seconds);
  const ask = (peer: PeerName) => peers.ask({ peer, model, tasks, method, threads, seconds });
  const own: Timing[] = [];
  const theirs = new Map<PeerName, Timing[]>();
  for (let round = 0; round < rounds; round++) {
    own.push(await compareSteps(equal, step, seconds, threads));
    for (const name of ["libmtl", "torchjd"] as const) {
      if (round > 0 && !theirs.has(name)) continue;
      const timing = await ask(name);
      if (timing) theirs.set(name, [...theirs.get(name) ?? [], timing]);
    }
  }
  network.dispose();
  const ratio = (timings: readonly Timing[]) =>
    median(timings.map(({ ms, equalMs }) => ms / equalMs));
  const milliseconds = (timings: readonly Timing[]) => median(timings.map(({ ms }) => ms));
  const overEqual = ratio(own);
  const row = { model, method, tasks, backend, threads, ms: milliseconds(own), overEqual };
  if (theirs.size === 0) return [{ ...row, peer: null, peerOverEqual: null, peerMs: null }];
  return [...theirs].map(([peer, timings]) => ({
    ...row,
    peer,
    peerOverEqual: ratio(timings),
    peerMs: milliseconds(timings),
  }));
}

/** Runs a step for a while, so that the engine has compiled what it uses. */
async function warmUp(step: Step, seconds: number): Promise<void> {
  const start = performance.now();
  do await step(); while (performance.now() - start < 1000 * seconds);
}

function describe({ model, tasks, method, ms, overEqual, peer, peerOverEqual }: BalancingRow) {
  const other = peer ? `, ${peer} x ${peerOverEqual!.toFixed(2)}` : "";
  return `${model} K=${tasks} ${method}: ${ms.toFixed(1)} ms, x ${overEqual.toFixed(2)}${other}`;
}
