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
  gramianMethods,
  jacobianMethods,
  lossMethods,
  mgda,
} from "../../lib/balancing/mod.ts";
import { BenchNetwork, type ModelName } from "./model.ts";
import { type PeerName, Peers } from "./peer.ts";

/** One line of the result: medians over the rounds. */
export interface BalancingRow {
  readonly model: ModelName;
  readonly method: string;
  readonly tasks: number;
  readonly backend: string;
  readonly threads: number;
  /** Milliseconds of a step under the method. */
  readonly ms: number;
  /** `ms` divided by a step under equal weighting. */
  readonly overEqual: number;
  /** `null` where no peer has the method. */
  readonly peer: PeerName | null;
  /** The same ratio of the peer. */
  readonly peerOverEqual: number | null;
}

const makers: Record<string, () => Balancer> = {
  ...gramianMethods as Record<string, () => Balancer>,
  "mgda on representation": () => mgda({ on: "representation" }),
  "graddrop": jacobianMethods.graddrop,
  "moco": jacobianMethods.moco,
  "db-mtl": jacobianMethods["db-mtl"],
  "excess-mtl": jacobianMethods["excess-mtl"],
  "trimmed-mean": jacobianMethods["trimmed-mean"],
  "uncertainty": lossMethods.uncertainty,
  "rlw": lossMethods.rlw,
  "geometric-mean": lossMethods["geometric-mean"],
  "imtl-l": lossMethods["imtl-l"],
  "stch": lossMethods.stch,
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

const usage =
  "deno task bench balancing [--quick] [--json] [--model lenet|mlp ...] [--tasks K ...] " +
  "[--method NAME ...] [--backend NAME] [--threads N]";

/** Times every method and prints a table, or one JSON object at the end with `--json`. */
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
  const { backend } = await useBackend({ backend: values.backend as BackendName, threads });
  if (backend === "wasm") useOneThread(threads === 1);
  const peers = await Peers.start();
  const rows: BalancingRow[] = [];
  try {
    for (const model of values.model as ModelName[]) {
      for (const tasks of values.tasks.map(Number)) {
        for (const method of methods) {
          const found = await compare({
            model,
            tasks,
            method,
            backend,
            threads,
            peers,
            rounds: values.quick ? 3 : 7,
            seconds: values.quick ? 0.15 : 0.5,
          });
          rows.push(...found);
          for (const row of found) console.error(describe(row));
        }
      }
    }
  } finally {
    peers.stop();
  }
  if (values.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
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
  for (const warm of [equal, step]) await warm();
  const ask = (peer: PeerName, method: string) =>
    peers.time({ peer, model, tasks, method, threads, seconds });
  const names: PeerName[] = [];
  for (const name of ["libmtl", "torchjd"] as const) {
    if (await ask(name, method) !== null) names.push(name);
  }
  const own = { ms: [] as number[], ratio: [] as number[] };
  const theirs = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    const base = await timeSteps(equal, seconds);
    const ms = await timeSteps(step, seconds);
    own.ms.push(ms);
    own.ratio.push(ms / base);
    for (const name of names) {
      const peerBase = (await ask(name, "equal"))!;
      theirs.get(name)!.push((await ask(name, method))! / peerBase);
    }
  }
  network.dispose();
  const row = {
    model,
    method,
    tasks,
    backend,
    threads,
    ms: median(own.ms),
    overEqual: median(own.ratio),
  };
  if (names.length === 0) return [{ ...row, peer: null, peerOverEqual: null }];
  return names.map((peer) => ({ ...row, peer, peerOverEqual: median(theirs.get(peer)!) }));
}

/** Mean milliseconds of a step over about `seconds`. */
async function timeSteps(step: () => Promise<void>, seconds: number): Promise<number> {
  const start = performance.now();
  let steps = 0;
  do {
    await step();
    steps++;
  } while (performance.now() - start < seconds * 1000);
  return (performance.now() - start) / steps;
}

function describe({ model, tasks, method, ms, overEqual, peer, peerOverEqual }: BalancingRow) {
  const other = peer ? `, ${peer} x ${peerOverEqual!.toFixed(2)}` : "";
  return `${model} K=${tasks} ${method}: ${ms.toFixed(1)} ms, x ${overEqual.toFixed(2)}${other}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
