import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { readdir } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  classification,
  depth,
  encoders,
  fit,
  hardSharing,
  layers,
  layersModel,
  loadModel,
  multiLabel,
  ordinal,
  regression,
  saveModel,
  segmentation,
  tagging,
  type Task,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { take } from "../_numbers.ts";
import { builtModel, twoTasks } from "../_two_tasks.ts";
import { difference, inFolder, loadLayersModel } from "./_layers_model.ts";
import { perturb } from "./_perturb.ts";

const tasks = [
  classification("digit", { classes: 3 }),
  binary("yes", { hidden: [4] }),
  regression("place of it", { outputs: 2 }),
] as const;

const trunks = [
  { encoder: encoders.mlp({ units: [6, 5], dropout: 0.2 }), shape: [4] },
  { encoder: encoders.mlp({ units: [6] }), shape: [3, 2, 2] },
  { encoder: encoders.leNet({ units: 6 }), shape: [16, 16, 1] },
  { encoder: encoders.smallCnn({ filters: [2, 3], units: 4 }), shape: [9, 8, 2] },
  { encoder: encoders.audioCnn({ filters: [2, 3], units: 4 }), shape: [13, 5] },
  { encoder: encoders.crnn({ filters: [3, 4], units: 3 }), shape: [11, 5], near: true },
  {
    encoder: encoders.embeddingMlp({ numbers: 2, categories: [3, 2], units: [4] }),
    shape: [7],
  },
  { encoder: encoders.embeddingMlp({ numbers: 0, categories: [3], units: [4] }), shape: [3] },
  {
    encoder: encoders.resNet({ width: 2, blocks: [1, 1], norm: "batch" }),
    shape: [7, 6, 3],
    near: true,
  },
];

/** Layers that map, with a shape that they read: bit for bit or, where said, but for rounding. */
const mapped: readonly (readonly [layers.Layer, number[], near?: "near"])[] = [
  [layers.flatten(), [2, 3]],
  [layers.dense({ units: 3, activation: "tanh" }), [4, 2]],
  [layers.activation({ activation: "sigmoid" }), [4, 2]],
  [layers.conv1d({ filters: 3, kernel: 4, stride: 2, activation: "relu" }), [7, 2]],
  [layers.conv1d({ filters: 3, kernel: 3, stride: 2, padding: "valid" }), [8, 2]],
  [layers.conv2d({ filters: 3, kernel: 2, stride: 2, padding: "same" }), [5, 4, 2]],
  [layers.conv2d({ filters: 3, kernel: 2, stride: 2, bias: false }), [5, 4, 2]],
  [layers.separableConv2d({ kernel: 3, filters: 3, padding: "valid" }), [4, 5, 2]],
  [layers.separableConv2d({ kernel: 2, filters: 3, activation: "tanh" }), [4, 5, 2]],
  [layers.transposedConv2d({ kernel: 3, filters: 2 }), [2, 3, 3]],
  [layers.maxPool({ size: 2 }), [5, 4, 2]],
  [layers.maxPool({ size: 3 }), [7, 2]],
  [layers.globalAveragePool(), [5, 4, 2]],
  [layers.globalAveragePool(), [5, 2]],
  [layers.globalMaxPool(), [5, 4, 2]],
  [layers.globalMaxPool(), [5, 2]],
  [layers.upSample({ factor: 3 }), [2, 3, 2]],
  [layers.reshape({ shape: [3, 2, 2] }), [12]],
  [layers.batchNorm({ epsilon: 0.01 }), [3], "near"],
  [layers.batchNorm(), [4, 3], "near"],
  [layers.batchNorm(), [2, 4, 3], "near"],
  [layers.layerNorm({ epsilon: 0.01 }), [4, 3], "near"],
  [layers.lstm({ units: 3 }), [4, 2], "near"],
  [layers.lstm({ units: 4, bidirectional: true }), [4, 2], "near"],
  [
    layers.branches({
      branches: [[layers.dense({ units: 3 })], [], [
        layers.flatten(),
        layers.reshape({ shape: [3, 2] }),
      ]],
    }),
    [3, 2],
  ],
  [layers.branches({ branches: [[layers.dense({ units: 3 })]] }), [3]],
  [
    layers.residual({
      layers: [layers.dense({ units: 3 })],
      shortcut: [layers.dense({ units: 3 })],
    }),
    [2],
  ],
  [layers.residual({ layers: [] }), [2]],
];

/** Checks that a layer gives the same in layers of TensorFlow.js, saved and copied. */
async function checkLayer(
  layer: layers.Layer,
  shape: readonly number[],
  near?: "near",
  rows?: readonly number[][],
): Promise<void> {
  const encoder = encoders.encoder("one", [{ name: "one", layers: [layer] }]);
  const model = hardSharing({ encoder, tasks: [regression("y")], seed: 1 })
    .build({ inputs: { x: shape } });
  perturb(model);
  await inFolder(async (folder) => {
    await saveModel(model, folder);
    for (const copy of [await loadLayersModel(folder), layersModel(model)]) {
      for (const dtype of ["float32", "int32"] as const) {
        const inputs = rows && { x: tf.tensor2d([...rows], undefined, dtype) };
        ok(await difference(model, copy, { inputs }) <= (near ? 1e-6 : 0));
      }
      copy.dispose();
    }
  });
  model.dispose();
}

for (const [layer, shape, near] of mapped) {
  testOnBackends(
    `${layer.kind} on [${shape}] in layers: ${layer.detail}`,
    () => checkLayer(layer, shape, near),
  );
}

testOnBackends(
  "embedding in layers keeps padding 0",
  () =>
    checkLayer(layers.embedding({ size: 9, units: 3 }), [4], undefined, [
      [3, 8, 0, 0],
      [1, 2, 3, 4],
      [0, 0, 0, 7],
    ]),
);

testOnBackends(
  "depthwiseConv2d in layers",
  () =>
    checkLayer(
      layers.depthwiseConv2d({ kernel: 3, stride: 2, activation: "relu" }),
      [4, 5, 2],
    ),
);

const time = [5, 2];
/** What does not map, and what is said about it. */
const unmapped: readonly (readonly [layers.Layer, readonly number[], RegExp])[] = [
  [layers.groupNorm(), time, /there is no layer like groupNorm/],
  [layers.positions(), time, /there is no layer like positions/],
  [layers.selfAttention({ heads: 1 }), time, /there is no layer like selfAttention/],
  [layers.gru({ units: 2 }), time, /reset gate.*there before it/],
  [layers.resize({ height: 3, width: 3 }), [4, 4, 1], /half-pixel centres/],
  [layers.globalMaxPool(), [2, 2, 2, 2], /the max over 3 axes/],
  [layers.keepPadding({ layers: [] }), time, /padding.*maskZeros/],
  ...[
    layers.globalMaxPool({ maskZeros: true }),
    layers.globalAveragePool({ maskZeros: true }),
    layers.batchNorm({ maskZeros: true }),
    layers.layerNorm({ maskZeros: true }),
    layers.lstm({ units: 2, maskZeros: true }),
    layers.residual({ layers: [], maskZeros: true }),
  ].map((layer) => [layer, time, /padding.*maskZeros/] as const),
];

for (const [layer, shape, reason] of unmapped) {
  testOnCpu(
    `${layer.kind} on [${shape}] does not map, which is said: ${layer.detail}`,
    () =>
      inFolder(async (folder) => {
        const encoder = encoders.encoder(
          "two",
          [
            { name: "flat", layers: [layers.dense({ units: shape.at(-1)! })] },
            { name: "two", layers: [layers.residual({ layers: [] }), layer] },
          ].slice(shape.length === 2 ? 0 : 1),
        );
        const model = hardSharing({ encoder, tasks: [regression("y")] })
          .build({ inputs: { x: shape } });
        throws(() => layersModel(model), (error: Error) => {
          ok(error instanceof RangeError);
          match(
            error.message,
            /^The part "shared\/two" does not map to layers of TensorFlow\.js, as/,
          );
          match(error.message, reason);
          return true;
        });
        await saveModel(model, folder);
        deepStrictEqual((await readdir(folder)).filter((file) => file === "model.json"), []);
        (await loadModel(folder)).dispose();
        model.dispose();
      }),
  );
}

for (const { encoder, shape, near = false } of trunks) {
  testOnBackends(
    `a ${encoder.name} for [${shape}] saved in layers predicts the same`,
    () =>
      inFolder(async (folder) => {
        const model = hardSharing({ encoder, tasks, seed: 3 }).build({ inputs: { x: shape } });
        perturb(model);
        await saveModel(model, folder);
        const [loaded, copy] = [await loadLayersModel(folder), layersModel(model)];
        for (const each of [loaded, copy]) {
          ok(await difference(model, each) <= (near ? 1e-6 : 0));
          deepStrictEqual(each.inputNames, ["x"]);
          deepStrictEqual(each.outputNames, ["digit", "yes", "place_of_it"]);
          each.dispose();
        }
        const alone = layersModel(model, { task: "yes" });
        deepStrictEqual(alone.outputNames, ["yes"]);
        ok(await difference(model, alone, { tasks: ["yes"] }) <= (near ? 1e-6 : 0));
        alone.dispose();
        model.dispose();
      }),
  );
}

const heads: readonly (readonly [Task, number[], unmapped?: RegExp])[] = [
  [multiLabel("task", { count: 3, hidden: [4] }), [5, 4]],
  [tagging("task", { classes: 3, hidden: [4] }), [5, 4]],
  [segmentation("task", { height: 8, width: 8, classes: 3 }), [4, 4, 2]],
  [segmentation("task", { height: 8, width: 8, classes: 3 }), [6]],
  [depth("task", { height: 4, width: 4 }), [4, 4, 2]],
  [ordinal("task", { classes: 3 }), [4], /no layer like thresholds/],
  [tagging("task", { classes: 3, crf: true }), [5, 4], /no layer like chain/],
  [segmentation("task", { height: 7, width: 8, classes: 3 }), [4, 4, 2], /half-pixel centres/],
  [regression("task", { pool: "mean" }), [5, 4], /maskZeros/],
];

for (const [task, shape, unmapped] of heads) {
  testOnBackends(
    `the head of ${task.kind} on [${shape}] ${unmapped ? "does not map" : "gives the same"}: ${
      unmapped ?? "layers"
    }`,
    async () => {
      const encoder = encoders.encoder("activation", [
        { name: "activation", layers: [layers.activation({ activation: "tanh" })] },
      ]);
      const model = hardSharing({ encoder, tasks: [task] }).build({ inputs: { x: shape } });
      perturb(model);
      if (unmapped) {
        throws(() => layersModel(model), unmapped);
      } else {
        const copy = layersModel(model);
        strictEqual(await difference(model, copy), 0);
        copy.dispose();
      }
      model.dispose();
    },
  );
}

testOnBackends("a copy keeps its weights while the model trains, and outlives it", async () => {
  const model = builtModel();
  const copy = layersModel(model);
  const point = tf.tensor2d([[1, 2], [-1, 0.5]]);
  const predicted = async () => {
    const outputs = copy.predict(point) as tf.Tensor[];
    return await Promise.all(outputs.map(take));
  };
  const before = await predicted();
  await fit(model, twoTasks(), { epochs: 1, observer: false });
  deepStrictEqual(await predicted(), before);
  ok(await difference(model, copy) > 0.001);
  model.dispose();
  deepStrictEqual(await predicted(), before);
  copy.dispose();
  point.dispose();
});
