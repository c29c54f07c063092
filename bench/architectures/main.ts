/**
 * What architectures cost: a training step and the parameters of each on Adult and MultiMNIST, beside
 * LibMTL's where it has them for any encoder; evaluation; and one task before and after `forTask`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import {
  type Batch,
  equalWeights,
  forTask,
  type MultiTaskModel,
  optimizers,
  Random,
  useBackend,
  version,
} from "../../lib/mod.ts";
import { computeStep } from "../../lib/training/_step.ts";
import { pinnedVersions } from "../_python.ts";
import { publish, publishRecord, thisMachine, today } from "../_record.ts";
import { median } from "../_timing.ts";
import { architectures, EXPERTS, modelOf, type Setting, settings } from "./models.ts";
import { type LibMtl, startLibMtl } from "./peer.ts";

/** One line of the result. Times are medians. */
export interface ArchitectureRow {
  readonly data: string;
  readonly architecture: string;
  readonly parameters: number;
  /** Milliseconds of a training step: forward, backward, Adam. */
  readonly ms: number;
  /** Milliseconds of a step relative to hard sharing. */
  readonly overHardSharing: number;
  /** LibMTL's step for the same architecture, or `null`. */
  readonly peerMs: number | null;
  readonly peerParameters: number | null;
  /** `peerMs / ms`: above 1 is faster than LibMTL. */
  readonly ratio: number | null;
  /** Examples a second through all tasks, in batches of the training size. */
  readonly evaluated: number;
  /** The first task alone: parameters, milliseconds for one example, as a part of the model and cut out. */
  readonly oneTask: {
    readonly parameters: number;
    readonly modelMs: number;
    readonly cutOutMs: number;
  };
}

const usage =
  "deno task bench architectures [--quick] [--json] [--only NAME ...] [--data adult|multi-mnist ...] [--save NOTE]";

/** Runs the benchmark with the arguments of the command line. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      data: { type: "string", multiple: true },
      save: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const names = values.only ?? Object.keys(architectures);
  const unknown = names.find((name) => !(name in architectures));
  if (unknown !== undefined) {
    throw new Error(
      `There is no architecture "${unknown}"; there are ${Object.keys(architectures).join(", ")}.`,
    );
  }
  const chosen = settings.filter(({ name }) => values.data?.includes(name) ?? true);
  const { backend } = await useBackend({ backend: "wasm", threads: 1 });
  const seconds = values.quick ? 0.5 : 2;
  const peer = await startLibMtl();
  const rows: ArchitectureRow[] = [];
  try {
    for (const setting of chosen) {
      const set = await setting.load();
      const batch = set.batch(Array.from({ length: setting.batch }, (_, at) => at));
      let base: number | undefined;
      for (const name of ["hard sharing", ...names.filter((each) => each !== "hard sharing")]) {
        const row = await measure(setting, name, batch, peer, seconds, base);
        base ??= row.ms;
        if (!names.includes(name)) continue;
        rows.push(row);
        console.error(lineOf(row));
      }
      batch.dispose();
    }
  } finally {
    peer.stop();
  }
  if (values.save !== undefined) await save(rows, backend, values.save);
  if (values.json) console.log(JSON.stringify({ rows }));
}

async function measure(
  setting: Setting,
  name: string,
  batch: Batch,
  peer: LibMtl,
  seconds: number,
  base: number | undefined,
): Promise<ArchitectureRow> {
  const model = modelOf(setting, name);
  const shapes = Object.fromEntries(
    Object.entries(batch.inputs).map(([input, tensor]) => [input, tensor.shape.slice(1)]),
  );
  model.build({ inputs: shapes, seed: 1 });
  const peerName = architectures[name].peer;
  const [shape] = Object.values(shapes);
  // Ours and the peer's in turns, so that both meet the same machine.
  const own: number[] = [];
  const theirs: number[] = [];
  let peerParameters: number | null = null;
  const trainer = startSteps(model, batch);
  await trainer.step();
  for (let round = 0; round < 3; round++) {
    own.push(await medianOf(trainer.step, seconds / 3));
    if (peerName === undefined) continue;
    const answer = await peer.ask({
      architecture: peerName,
      data: setting.name,
      shape,
      batch: setting.batch,
      classes: setting.classes,
      units: setting.units,
      hidden: setting.hidden,
      experts: EXPERTS,
      threads: 1,
      seconds: seconds / 3,
    });
    theirs.push(answer.ms);
    peerParameters = answer.parameters;
  }
  trainer.dispose();
  const ms = median(own);
  const peerMs = theirs.length > 0 ? median(theirs) : null;
  const evaluateMs = await medianOf(() => predict(model, batch.inputs), seconds / 4);
  const row: ArchitectureRow = {
    data: setting.name,
    architecture: name,
    parameters: model.parameterCounts().total,
    ms,
    overHardSharing: base === undefined ? 1 : ms / base,
    peerMs,
    peerParameters,
    ratio: peerMs && peerMs / ms,
    evaluated: Math.round(1000 * setting.batch / evaluateMs),
    oneTask: await measureOneTask(model, batch, seconds / 4),
  };
  model.dispose();
  return row;
}

/** Training steps as `fit` makes them. */
function startSteps(model: MultiTaskModel, batch: Batch) {
  const optimizer = optimizers.adam({ learningRate: 1e-4 });
  const running = optimizer.start(model.namedVariables());
  const balancer = equalWeights();
  const random = new Random(1);
  return {
    async step() {
      const { gradients, losses } = await computeStep(model, batch, balancer, random);
      running.apply(gradients, optimizer.learningRate);
      tf.dispose([...gradients.values()]);
      if (!Object.values(losses).every(Number.isFinite)) {
        throw new Error("The loss is not a number: the timing means nothing.");
      }
    },
    dispose: () => running.dispose(),
  };
}

async function predict(
  model: MultiTaskModel,
  inputs: Readonly<Record<string, tf.Tensor>>,
  tasks = model.taskNames,
): Promise<void> {
  const outputs = model.outputs(inputs, tasks);
  for (const output of Object.values<tf.Tensor>(outputs)) await output.data();
  tf.dispose(outputs);
}

async function measureOneTask(
  model: MultiTaskModel,
  batch: Batch,
  seconds: number,
): Promise<ArchitectureRow["oneTask"]> {
  const [task] = model.taskNames;
  const one = await forTask(model, task);
  const inputs = tf.tidy(() =>
    Object.fromEntries(
      Object.entries(batch.inputs).map(([name, tensor]) => [name, tensor.slice([0], [1])]),
    )
  );
  const modelMs = await medianOf(() => predict(model, inputs, [task]), seconds);
  const cutOutMs = await medianOf(async () => {
    const output = one.predict(inputs);
    await output.data();
    output.dispose();
  }, seconds);
  const { parameters } = one;
  one.dispose();
  tf.dispose(inputs);
  return { parameters, modelMs, cutOutMs };
}

async function medianOf(step: () => Promise<void>, seconds: number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  do {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 5);
  return median(times);
}

function lineOf(row: ArchitectureRow): string {
  const { data, architecture, parameters, ms, ratio, oneTask } = row;
  return `${data} ${architecture}: ${parameters} parameters, ${ms.toFixed(2)} ms` +
    `${ratio === null ? "" : `, ${ratio.toFixed(2)} of LibMTL's speed`}; one task ` +
    `${oneTask.parameters} parameters, ${oneTask.modelMs.toFixed(2)} -> ${
      oneTask.cutOutMs.toFixed(2)
    } ms`;
}

async function save(
  rows: readonly ArchitectureRow[],
  backend: string,
  note: string,
): Promise<void> {
  const [machine, measured] = [thisMachine(), today()];
  const versions = { polytask: version, deno: Deno.version.deno, tfjs: tf.version_core };
  const peers = await pinnedVersions(["LibMTL", "torch"]);
  const record = { measured, note, machine, backend, threads: 1, versions, peers, rows };
  await publishRecord("architectures.json", record);
  const caption = `${machine.processor}, ${machine.cores} cores, one thread, ${measured}; ${note}`;
  await publish("architectures.md", page(rows, caption));
}

function page(rows: readonly ArchitectureRow[], caption: string): string {
  const cells = rows.map((row) => [
    row.data,
    row.architecture,
    String(row.parameters),
    row.ms.toFixed(2),
    row.overHardSharing.toFixed(2),
    row.ratio?.toFixed(2) ?? "",
    String(row.evaluated),
    String(row.oneTask.parameters),
    row.oneTask.modelMs.toFixed(2),
    row.oneTask.cutOutMs.toFixed(2),
  ]);
  const head = [
    ...["data", "architecture", "parameters", "ms a step", "over hard sharing"],
    ...["speed of LibMTL = 1", "examples/s", "one task: parameters", "ms in the model"],
    "ms cut out",
  ];
  const lines = [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`);
  return `Architectures: ${caption}.\n\n${lines.join("\n")}\n`;
}
