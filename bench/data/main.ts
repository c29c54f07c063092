/**
 * Loading and batching data sets against pandas, NumPy, pyarrow and librosa on the same files, as
 * ratios of interleaved runs; and the memory of training that streams from a large Parquet file.
 * `--set` measures some sets and leaves the kept results of the others as they are.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { useBackend } from "../../lib/backend/mod.ts";
import { obtain } from "../../lib/data/fetch.ts";
import * as data from "../../lib/data/mod.ts";
import { earlierRecord, type Machine, publishRecord, thisMachine, today } from "../_record.ts";
import { median } from "../_timing.ts";
import { type DataAnswer, type DataPeer, startDataPeer } from "./peer.ts";
import type { StreamReport } from "./stream.ts";

/** One line of the result: medians in seconds. */
export interface DataRow {
  readonly set: string;
  /**
   * `first load`: from the source files, checksums and the writing of the cache included;
   * `next load`: from the cache of parsed sets, which the other side has not, so that it reads the
   * files; `batches`: one pass in random order, the mean of several; `pass`: reading and batching in
   * one.
   */
  readonly what: "first load" | "next load" | "batches" | "pass";
  readonly peer: string;
  readonly seconds: number;
  readonly peerSeconds: number;
  /** Median of peerSeconds / seconds over the rounds: above 1 is faster than the peer. */
  readonly ratio: number;
  /** When, and how often. */
  readonly date: string;
  readonly rounds: number;
  /** Jobs that wanted a core when the set was begun and when it was done, these two sides among them. */
  readonly load: readonly [number, number];
}

/** What is kept in `bench/results`. */
interface Report {
  readonly machine: Machine & { readonly system: string };
  readonly backend: string;
  readonly quick: boolean;
  readonly rows: readonly DataRow[];
  readonly streaming?: StreamReport & { readonly date: string };
}

type Source = data.BatchSource;

/** A set of the course: its files, how it is loaded here, and who loads it there. */
interface Case {
  readonly set: string;
  readonly peer: string;
  readonly files: readonly string[];
  /** Passes in a round, so that a round of batches takes long enough to be timed. */
  readonly passes: number;
  load(places: data.DataOptions): Promise<{ readonly train: Source; readonly check: number }>;
}

const BATCH = 128;
const TABLE_BATCH = 4096;
/** Librosa computes in float32. */
const AGREEMENT = 1e-3;
const usage = "deno task bench data [--quick] [--json] [--rounds 5] [--set NAME ...]";
const folder = fileURLToPath(new URL("../../.polytask/bench/data", import.meta.url));

const cases: readonly Case[] = [
  {
    set: "mnist",
    peer: "NumPy",
    files: ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
      .map((name) => `mnist/${name}-ubyte.gz`),
    passes: 4,
    async load(places) {
      const { train, test } = await data.mnist({ ...places, validation: 0 });
      return { train, check: sum(train.targets.digit.values) + sum(test.targets.digit.values) };
    },
  },
  {
    set: "adult",
    peer: "pandas",
    files: ["adult/adult.data", "adult/adult.test"],
    passes: 30,
    async load(places) {
      const { train } = await data.adult(places);
      const columns = [train.inputs.features, ...Object.values<data.Column>(train.targets)];
      return { train, check: columns.reduce((total, { values }) => total + sum(values), 0) };
    },
  },
  {
    set: "fsdd",
    peer: "librosa",
    files: ["fsdd/recordings"],
    passes: 60,
    async load(places) {
      const { train } = await data.fsdd({ ...places, validation: 0 });
      const { values, shape, scale = 1, offset = 0 } = train.inputs.features;
      const size = shape[0] * shape[1];
      let total = 0;
      for (const row of train.rows) {
        for (let at = row * size; at < (row + 1) * size; at++) {
          total += Math.abs(values[at] * scale + offset);
        }
      }
      return { train, check: total };
    },
  },
];

/** Times every set, prints a table and keeps the results; one JSON object at the end with `--json`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      rounds: { type: "string" },
      set: { type: "string", multiple: true },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  const known = [...cases.map(({ set }) => set), "table"];
  const wanted = values.set ?? known;
  if (!Number.isInteger(rounds) || rounds < 1 || !wanted.every((set) => known.includes(set))) {
    throw new Error(`The sets are ${known.join(", ")}. ${usage}`);
  }
  await mkdir(folder, { recursive: true });
  const { backend } = await useBackend();
  const peer = await startDataPeer();
  const rows: DataRow[] = [];
  let streaming: Report["streaming"];
  const tell = (row: DataRow) => {
    rows.push(row);
    console.error(
      `${row.set.padEnd(6)} ${row.what.padEnd(10)} ${row.seconds.toFixed(3)} s, ` +
        `${row.peer} ${row.peerSeconds.toFixed(3)} s, ratio ${row.ratio.toFixed(2)}`,
    );
  };
  try {
    for (const one of cases) {
      if (wanted.includes(one.set)) (await compare(one, peer, rounds)).forEach(tell);
    }
    if (wanted.includes("table")) {
      const path = await generatedTable(peer, values.quick ? 1_000_000 : 10_000_000);
      tell(await compareTable(path, peer, Math.min(rounds, 3)));
      streaming = { ...await trainInChild(path), date: today() };
      const { rows, seconds, megabytes, peakMegabytes } = streaming;
      console.error(
        `training from ${rows} rows: ${seconds.toFixed(1)} s, peak ${peakMegabytes} MB ` +
          `(start ${megabytes.start}, quarter ${megabytes.quarter}, end ${megabytes.end})`,
      );
    }
  } finally {
    peer.stop();
  }
  const report: Report = {
    machine: { ...thisMachine(), system: Deno.build.os },
    backend,
    quick: values.quick,
    rows,
    streaming,
  };
  if (!values.quick) await keep(report);
  if (values.json) console.log(JSON.stringify(report));
}

/** Puts the sets that were measured into the kept results; those of other machines make room. */
async function keep(report: Report): Promise<void> {
  const old = await earlierRecord("data.json") as Report | undefined;
  const alike = JSON.stringify([old?.machine, old?.backend]) ===
    JSON.stringify([report.machine, report.backend]);
  const measured = new Set(report.rows.map(({ set }) => set));
  const rows = [...alike ? old!.rows.filter(({ set }) => !measured.has(set)) : [], ...report.rows];
  const order = [...cases.map(({ set }) => set), "table"];
  rows.sort((one, other) => order.indexOf(one.set) - order.indexOf(other.set));
  const streaming = report.streaming ?? (alike ? old!.streaming : undefined);
  await publishRecord("data.json", { ...report, rows, streaming });
}

/** Both sides in turn, so that what else the machine does falls on both alike. */
async function compare(one: Case, peer: DataPeer, rounds: number): Promise<DataRow[]> {
  const paths: string[] = [];
  for (const key of one.files) paths.push((await obtain(key)).place);
  const mirror = data.mirrorPlace() ?? data.cacheFolder();
  const before = loadNow();
  const own: Record<"first" | "next" | "batches", number[]> = { first: [], next: [], batches: [] };
  const other: Record<"load" | "batches", number[]> = { load: [], batches: [] };
  for (let round = 0; round < rounds; round++) {
    const cache = await mkdtemp(`${folder}/cache-`);
    try {
      const first = await timed(() => one.load({ cache, mirror }));
      const next = await timed(() => one.load({ cache, mirror }));
      const answer = await peer.ask({ set: one.set, what: "load", paths });
      agree(one.set, next.result.check, answer);
      const { passes } = one;
      const pass = await timed(() => drain(next.result.train, BATCH, round, passes));
      const theirs = await peer.ask({
        set: one.set,
        what: "batches",
        paths,
        batchSize: BATCH,
        passes,
      });
      agree(`${one.set}, batches`, pass.result, theirs);
      own.first.push(first.seconds);
      own.next.push(next.seconds);
      own.batches.push(pass.seconds / passes);
      other.load.push(answer.seconds);
      other.batches.push(theirs.seconds / passes);
    } finally {
      await rm(cache, { recursive: true });
    }
  }
  const load = [before, loadNow()] as const;
  const row = (what: DataRow["what"], mine: number[], theirs: number[]): DataRow => ({
    set: one.set,
    what,
    peer: what === "batches" ? "NumPy" : one.peer,
    ...ratioOf(mine, theirs),
    date: today(),
    rounds,
    load,
  });
  return [
    row("first load", own.first, other.load),
    row("next load", own.next, other.load),
    row("batches", own.batches, other.batches),
  ];
}

/** The generated table as a file; made once. */
async function generatedTable(peer: DataPeer, rows: number): Promise<string> {
  const path = `${folder}/table-${rows}.parquet`;
  if (await stat(path).catch(() => undefined)) return path;
  console.error(`Generating a table of ${rows} rows ...`);
  const part = `${path}.part`;
  await peer.ask({ set: "table", what: "make", paths: [part], rows });
  await rename(part, path);
  return path;
}

async function compareTable(path: string, peer: DataPeer, rounds: number): Promise<DataRow> {
  const own: number[] = [], other: number[] = [];
  const before = loadNow();
  for (let round = 0; round < rounds; round++) {
    const { seconds, result } = await timed(async () => {
      const source = await data.parquetSource(path, {
        inputs: { features: ["x0", "x1", "x2", "x3", "x4", "x5"] },
        targets: { total: "total", positive: "positive" },
      });
      return drain(source, TABLE_BATCH, round);
    });
    const question = { set: "table", what: "pass", paths: [path], batchSize: TABLE_BATCH } as const;
    const answer = await peer.ask(question);
    agree("table", result, answer);
    own.push(seconds);
    other.push(answer.seconds);
  }
  const load = [before, loadNow()] as const;
  const about = { date: today(), rounds, load };
  return { set: "table", what: "pass", peer: "pyarrow", ...ratioOf(own, other), ...about };
}

function trainInChild(path: string): Promise<StreamReport> {
  const script = fileURLToPath(new URL("./stream.ts", import.meta.url));
  const flags = ["--no-prompt", "--no-check", "--allow-read", "--allow-env", "--allow-sys"];
  const args = ["run", ...flags, "--allow-ffi=node_modules", script, path];
  return new Promise((resolve, reject) => {
    const deno = fileURLToPath(new URL("../../.polytask/bin/deno", import.meta.url));
    const child = spawn(deno, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout!.on("data", (part) => output += part);
    child.on("error", reject);
    child.on("close", (code) => {
      const report = output.trim().split("\n").at(-1) ?? "";
      if (code === 0) resolve(JSON.parse(report) as StreamReport);
      else reject(new Error(`Training from the table ended with code ${code}.`));
    });
  });
}

/** Goes through a source and lets go of every batch; the number of examples. */
function drain(source: Source, batchSize: number, seed: number, passes = 1): number {
  let examples = 0;
  for (let epoch = 0; epoch < passes; epoch++) {
    for (const batch of source.batches({ batchSize, seed, epoch })) {
      examples += batch.size;
      batch.dispose();
    }
  }
  return examples;
}

async function timed<Result>(work: () => Result | Promise<Result>) {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

function ratioOf(own: readonly number[], other: readonly number[]) {
  return {
    seconds: median(own),
    peerSeconds: median(other),
    ratio: median(other.map((seconds, round) => seconds / own[round])),
  };
}

/** Both sides must have read the same numbers, or their times mean nothing. */
function agree(what: string, found: number, { check }: DataAnswer): void {
  if (Math.abs(found - check) <= AGREEMENT * Math.abs(check)) return;
  throw new Error(`${what}: this side found ${found}, Python ${check}; the times mean nothing.`);
}

/** Jobs that want a core, over the last minute. */
function loadNow(): number {
  return Math.round(loadavg()[0] * 10) / 10;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total;
}
