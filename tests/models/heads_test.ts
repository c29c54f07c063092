/** Heads of every kind: shapes, parameters, training, saving. */
import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  box,
  ctc,
  depth,
  encoders,
  fit,
  hardSharing,
  layers,
  loadModel,
  MultiTaskDataset,
  optimizers,
  ordinal,
  Random,
  regression,
  saveModel,
  segmentation,
  tagging,
  type Task,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { take } from "../_numbers.ts";

const { conv2d } = layers;
const nothing = encoders.encoder("features", [{ name: "features", layers: [] }]);

interface Case {
  readonly task: Task;
  /** Features that the head reads. */
  readonly features: readonly number[];
  /** Output of the head, without the batch. */
  readonly output: readonly number[];
  readonly parameters: number;
  /** The target of one row. */
  readonly target: (random: Random) => { values: number[]; shape: number[] };
}

const whole = (random: Random, count: number, most: number) =>
  Array.from({ length: count }, () => random.integer(most));
const image = (random: Random) => ({ values: whole(random, 48, 3), shape: [8, 6] });

const cases: readonly Case[] = [
  {
    task: ordinal("answer", { classes: 4, hidden: [5] }),
    features: [3],
    output: [3],
    parameters: 3 * 5 + 5 + 5 + 3,
    target: (random) => ({ values: whole(random, 1, 4), shape: [] }),
  },
  {
    task: tagging("answer", { classes: 3, hidden: [4] }),
    features: [5, 2],
    output: [5, 3],
    parameters: 2 * 4 + 4 + 4 * 3 + 3,
    target: (random) => ({ values: [...whole(random, 3, 3), -1, -1], shape: [5] }),
  },
  {
    task: tagging("answer", { classes: 3, crf: true }),
    features: [5, 2],
    output: [5 + 3 + 2, 3],
    parameters: 2 * 3 + 3 + (3 + 2) * 3,
    target: (random) => ({ values: [...whole(random, 3, 3), -1, -1], shape: [5] }),
  },
  {
    task: ctc("answer", { symbols: ["a", "b"] }),
    features: [6, 2],
    output: [6, 3],
    parameters: 2 * 3 + 3,
    target: (random) => ({ values: [...whole(random, 2, 2), -1], shape: [3] }),
  },
  {
    // From a line: 4 x 3 pixels of 16 filters, doubled once.
    task: segmentation("answer", { classes: 3, height: 8, width: 6 }),
    features: [5],
    output: [8, 6, 3],
    parameters: 5 * 8 * 6 * 16 + 8 * 6 * 16 + 16 * 3 + 3,
    target: image,
  },
  {
    task: segmentation("answer", { classes: 3, height: 8, width: 6, hidden: [4], dice: 1 }),
    features: [4, 3, 2],
    output: [8, 6, 3],
    parameters: 9 * 2 * 4 + 4 + 4 * 3 + 3,
    target: image,
  },
  {
    // 3 x 2 doubled to 6 x 4, stretched to 8 x 6, one more layer there.
    task: depth("answer", { height: 8, width: 6, hidden: [4, 5] }),
    features: [3, 2, 2],
    output: [8, 6, 1],
    parameters: (9 * 2 * 4 + 4) + (9 * 4 * 5 + 5) + 5 + 1,
    target: (random) => ({
      values: Array.from({ length: 48 }, () => random.uniform()),
      shape: [8, 6],
    }),
  },
  {
    task: box("answer", { pool: "mean" }),
    features: [3, 2, 2],
    output: [4],
    parameters: 2 * 4 + 4,
    target: () => ({ values: [0, 0.1, 0.4, 0.5], shape: [4] }),
  },
  {
    task: regression("answer", { noise: "learned", outputs: 2 }),
    features: [3],
    output: [4],
    parameters: 3 * 4 + 4,
    target: (random) => ({ values: [random.normal(), 3 + random.normal()], shape: [2] }),
  },
];

const ROWS = 8;

for (const { task, features, output, parameters, target } of cases) {
  const name = `${task.kind} on [${features}]${
    JSON.stringify(task.configuration).includes('"crf":true') ? " with crf" : ""
  }`;
  const build = () =>
    hardSharing({ encoder: nothing, tasks: [task], seed: 2 }).build({ inputs: { x: features } });

  testOnBackends(`${name}: shape, parameters, training, saving`, async () => {
    const model = build();
    const random = new Random(5);
    const size = features.reduce((product, side) => product * side, 1);
    const rows = Array.from({ length: ROWS }, () => target(random));
    const data = MultiTaskDataset.from({
      inputs: {
        x: {
          values: Float32Array.from({ length: ROWS * size }, () => random.normal()),
          shape: features,
        },
      },
      targets: {
        answer: {
          values: (task.targetType === "int32" ? Int32Array : Float32Array)
            .from(rows.flatMap(({ values }) => values)),
          shape: rows[0].shape,
          mask: Uint8Array.from({ length: ROWS }, (_, row) => Number(row !== 3)),
        },
      },
    });
    deepStrictEqual(model.parameterCounts().byTask.answer, parameters);
    const before = await model.evaluate(data);
    await fit(model, data, {
      epochs: 15,
      batchSize: 4,
      optimizer: optimizers.adam({ learningRate: 0.02 }),
      seed: 1,
      observer: false,
    });
    const after = await model.evaluate(data);
    ok(after.answer.loss < before.answer.loss, `${before.answer.loss} -> ${after.answer.loss}`);
    for (const metric of task.metrics) ok(!Number.isNaN(after.answer[metric.name]), metric.name);
    const folder = await mkdtemp(join(tmpdir(), "polytask-head-"));
    const x = tf.randomNormal([2, ...features], 0, 1, "float32", 3);
    try {
      await saveModel(model, folder);
      const loaded = await loadModel(folder);
      const [ours, theirs] = [model.outputs({ x }).answer, loaded.outputs({ x }).answer];
      deepStrictEqual(ours.shape, [2, ...output]);
      deepStrictEqual(await take(theirs), await take(ours));
      loaded.dispose();
    } finally {
      x.dispose();
      await rm(folder, { recursive: true });
      model.dispose();
    }
  });
}

testOnCpu("a task for every time step needs features with time", () => {
  for (const task of [tagging("answer", { classes: 2 }), ctc("answer", { symbols: ["a"] })]) {
    const model = hardSharing({ encoder: encoders.mlp({ units: [4] }), tasks: [task] });
    throws(() => model.build({ inputs: { x: [5, 2] } }), /\[time, units\].*\[4\].*output: "steps"/);
  }
});

testOnCpu("a decoder has as many doublings as fit", () => {
  const shapes = (height: number, width: number, features: readonly number[]) => {
    const task = segmentation("answer", { classes: 2, height, width });
    const model = hardSharing({ encoder: nothing, tasks: [task] });
    model.build({ inputs: { x: features } });
    tf.tidy(() =>
      deepStrictEqual(
        model.outputs({ x: tf.ones([1, ...features]) }).answer.shape,
        [1, height, width, 2],
      )
    );
    model.dispose();
  };
  shapes(32, 32, [64]);
  shapes(7, 5, [4]);
  shapes(32, 16, [4, 4, 3]);
  shapes(5, 9, [5, 9, 3]);
  shapes(4, 4, [9, 7, 3]);
  shapes(12, 10, [6, 3]);
});

testOnCpu("one trunk feeds heads that see space and heads that see a line", () => {
  const model = hardSharing({
    encoder: encoders.encoder("convolutions", [
      {
        name: "conv",
        layers: [conv2d({ filters: 4, kernel: 3, stride: 2, padding: "same" })],
      },
    ]),
    tasks: [
      segmentation("parts", { classes: 3, height: 8, width: 8 }),
      depth("depth", { height: 8, width: 8 }),
      box("box", { pool: "mean" }),
      ordinal("count", { classes: 3 }),
    ],
  }).build({ inputs: { image: [8, 8, 1] } });
  tf.tidy(() => {
    const outputs = model.outputs({ image: tf.ones([2, 8, 8, 1]) });
    deepStrictEqual(
      Object.values(outputs).map(({ shape }) => shape),
      [[2, 8, 8, 3], [2, 8, 8, 1], [2, 4], [2, 2]],
    );
  });
  model.dispose();
});
