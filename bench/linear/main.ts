/**
 * Regularisation paths against scikit-learn's coordinate descent, as ratios of interleaved runs that reach
 * the same gap, and the time of a cross-validated trace norm on School. With `--products` the products of
 * matrices alone, against OpenBLAS.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as linear from "../../lib/linear/mod.ts";
import { circumstances, earlierRecord, publishRecord } from "../_record.ts";
import { median, processorTime } from "../_timing.ts";
import { schoolTasks } from "../school/protocol.ts";
import { type LinearPeer, startLinearPeer } from "./peer.ts";
import { compareProducts, type ProductRow } from "./products.ts";

/** One line of the result: medians in seconds for a whole path of 20 strengths. */
export interface LinearRow {
  readonly problem: string;
  readonly seconds: number;
  readonly peerSeconds: number;
  /** Interleaved runs of both. */
  readonly rounds: number;
  /** Median and range of peerSeconds / seconds: above 1 is faster than scikit-learn. */
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
  /** The same from processor times, which do not see what else the machine does. */
  readonly processorRatio: number;
  /** Largest duality gap on the path, relative to half the squared targets: no larger than the peer's. */
  readonly gap: number;
  readonly peerGap: number;
  /** Difference of the summed objectives, relative to them. */
  readonly objectiveDifference: number;
}

const FEATURES = 1000, TASKS = 100, ROWS = 200, STRENGTHS = 20, SMALLEST = 0.1;
const TOLERANCE = 1e-6;
/** Fewer say too little about the range to be kept. */
const LEAST_ROUNDS = 7;
const folder = new URL("../../.polytask/bench/linear/", import.meta.url);
const usage =
  "deno task bench linear [--products] [--rounds 7] [--problem NAME ...] [--save] [--json]";

interface Problem {
  readonly name: string;
  readonly penalty: (strength: number) => linear.Penalty;
  readonly shared: boolean;
}

const problems: readonly Problem[] = [
  { name: "l21-shared", penalty: linear.jointFeatures, shared: true },
  { name: "l1-shared", penalty: linear.lasso, shared: true },
  { name: "l1-own", penalty: linear.lasso, shared: false },
];

/** Times every problem and prints a table, and one JSON object at the end with `--json`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      products: { type: "boolean", default: false },
      rounds: { type: "string", default: String(LEAST_ROUNDS) },
      problem: { type: "string", multiple: true },
      save: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  const chosen = problems.filter(({ name }) => !values.problem || values.problem.includes(name));
  if (!Number.isInteger(rounds) || rounds < 1 || chosen.length === 0) {
    throw new Error(`There are ${problems.map(({ name }) => name).join(", ")}. ${usage}`);
  }
  if (values.save && rounds < LEAST_ROUNDS) {
    throw new Error(`Only runs of ${LEAST_ROUNDS} rounds or more are kept. ${usage}`);
  }
  if (values.products) return await products(rounds, values);
  await mkdir(folder, { recursive: true });
  const peer = await startLinearPeer();
  const rows: LinearRow[] = [];
  try {
    for (const problem of chosen) {
      const row = await compare(problem, peer, rounds);
      rows.push(row);
      console.error(
        `${row.problem.padEnd(11)} ${row.seconds.toFixed(2)} s (gap ${
          row.gap.toExponential(1)
        }), ` +
          `scikit-learn ${row.peerSeconds.toFixed(2)} s (gap ${row.peerGap.toExponential(1)}), ` +
          `ratio ${ratioText(row)} ` +
          `(by processor time ${row.processorRatio.toFixed(2)}), objectives differ by ` +
          `${row.objectiveDifference.toExponential(1)}`,
      );
    }
  } finally {
    peer.stop();
  }
  const school = await schoolSeconds();
  console.error(`School, trace norm, 3 folds, 8 strengths: ${school.toFixed(1)} s`);
  if (values.save) {
    const earlier = await earlierRecord("linear.json") as { rows: LinearRow[] } | undefined;
    const record = {
      ...await circumstances(["numpy", "scikit-learn"]),
      threads: 1,
      problem: { features: FEATURES, tasks: TASKS, rows: ROWS, strengths: STRENGTHS },
      // Rows of problems that this run left out stay as they are.
      rows: problems.flatMap(({ name }) =>
        [...rows, ...earlier?.rows ?? []].find((row) => row.problem === name) ?? []
      ),
      schoolTraceNormSeconds: school,
    };
    await publishRecord("linear.json", record);
  }
  if (values.json) console.log(JSON.stringify({ rows, schoolTraceNormSeconds: school }));
}

async function products(
  rounds: number,
  { save, json }: { save?: boolean; json?: boolean },
): Promise<void> {
  const rows = await compareProducts(rounds);
  for (const row of rows) {
    console.error(
      `${row.product.padEnd(40)} ${row.gigaflops.toFixed(1)} GFLOP/s, ` +
        `OpenBLAS ${row.peerGigaflops.toFixed(1)}, ratio ${ratioText(row)}`,
    );
  }
  if (save) {
    const record = { ...await circumstances(["numpy"]), threads: 1, rows };
    await publishRecord("linear_products.json", record);
  }
  if (json) console.log(JSON.stringify({ rows }));
}

function ratioText({ ratio, ratioRange: [low, high] }: LinearRow | ProductRow): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

async function compare({ name, penalty, shared }: Problem, peer: LinearPeer, rounds: number) {
  const { data } = linear.generateTasks({
    tasks: TASKS,
    features: FEATURES,
    rows: ROWS,
    structure: "support",
    size: 20,
    noise: 0.3,
    shared,
    seed: 1,
  });
  await save(shared ? "y.bin" : "ys.bin", data.tasks.map((task) => task.targets));
  await save(
    shared ? "x.bin" : "xs.bin",
    (shared ? data.tasks.slice(0, 1) : data.tasks).map((task) => task.inputs.values),
  );
  const [top] = linear.strengthsFor(data, { penalty, intercept: false });
  const strengths = Array.from(
    { length: STRENGTHS },
    (_, i) => top * SMALLEST ** (i / (STRENGTHS - 1)),
  );
  const question = {
    problem: name,
    folder: fileURLToPath(folder),
    rows: ROWS,
    features: FEATURES,
    tasks: TASKS,
    strengths,
    tolerance: TOLERANCE,
  };
  const own: number[] = [], other: number[] = [];
  const ownProcessor: number[] = [], otherProcessor: number[] = [];
  // The peer overshoots its tolerance; what it reached is what is asked of this side.
  const { gap: peerGap, objective: peerObjective } = await peer.ask(question);
  const solve = (tolerance: number) => {
    const options = { penalty, strengths, intercept: false, tolerance };
    return linear.path(data, options).models.map(({ report }) => report);
  };
  const gapOf = (reports: readonly linear.SolverReport[]) =>
    Math.max(...reports.map(({ certificate }) => certificate.value));
  // Both overshoot: the loosest of a few tolerances with which this side's gap is no larger.
  const tolerance = [4, 2, 1].map((factor) => Math.min(TOLERANCE, factor * peerGap))
    .find((each) => gapOf(solve(each)) <= peerGap) ?? peerGap / 2;
  let gap = 0, objective = 0;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now(), before = processorTime();
    const reports = solve(tolerance);
    own.push((performance.now() - started) / 1000);
    ownProcessor.push((processorTime() - before) / 1000);
    gap = gapOf(reports);
    objective = reports.reduce((sum, report) => sum + report.objective, 0);
    const answer = await peer.ask(question);
    other.push(answer.seconds);
    otherProcessor.push(answer.processorSeconds);
  }
  if (!(gap <= peerGap)) throw new Error(`${name}: gap ${gap} here, ${peerGap} in scikit-learn.`);
  const ratios = other.map((seconds, round) => seconds / own[round]);
  return {
    problem: name,
    rounds,
    seconds: median(own),
    peerSeconds: median(other),
    ratio: median(ratios),
    ratioRange: [Math.min(...ratios), Math.max(...ratios)] as const,
    processorRatio: median(otherProcessor) / median(ownProcessor),
    gap,
    peerGap,
    objectiveDifference: Math.abs(objective - peerObjective) / peerObjective,
  };
}

/** Seconds of a 3-fold cross-validation of the trace norm over 8 strengths on all of School. */
async function schoolSeconds(): Promise<number> {
  const tasks = (await schoolTasks()).standardised();
  const started = performance.now();
  linear.crossValidate(tasks, {
    penalty: linear.traceNorm,
    strengths: [30, 60, 100, 200, 300, 600, 1000, 2000],
    folds: 3,
    seed: 1,
    tolerance: TOLERANCE,
  });
  return (performance.now() - started) / 1000;
}

async function save(name: string, arrays: readonly Float64Array[]): Promise<void> {
  const whole = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  await writeFile(new URL(name, folder), new Uint8Array(whole.buffer));
}
