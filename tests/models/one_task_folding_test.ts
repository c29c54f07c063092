import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  crossStitch,
  dselectK,
  encoders,
  forTask,
  hardSharing,
  layers,
  type MultiTaskModel,
  nddr,
  Random,
  sluice,
} from "polytask";
import { testOnBackends, testOnCpu, testOnWasm } from "../_backends.ts";
import { take } from "../_numbers.ts";
import { kernelsThatRun, nearLargest } from "./_folding.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { perturb } from "./_perturb.ts";
import { rowsOf, trunks } from "./_trunks.ts";

const tasksOf = (count: number) => ["a", "b", "c"].slice(0, count).map((name) => binary(name));

/** Sets the weights of all stitches. */
function stitch(model: MultiTaskModel, weight: (random: Random, at: number) => number): void {
  for (const { name, variable } of model.namedVariables()) {
    if (!/stitch|sluice/.test(name)) continue;
    const random = Random.stream("stitches", name);
    assign(variable, Array.from({ length: variable.size }, (_, at) => weight(random, at)));
  }
}

function assign(variable: tf.Variable, values: readonly number[]): void {
  const tensor = tf.tensor([...values], variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}

/** How often the network of the first task runs each kernel, once it was seen to give the same. */
async function cutDown(model: MultiTaskModel, x: tf.Tensor, what = "") {
  const outputs = model.outputs({ x });
  const [name] = model.taskNames;
  const expected = await take(outputs[name].clone());
  tf.dispose(Object.values(outputs));
  const one = await forTask(model, name);
  model.dispose();
  nearLargest(await take(one.predict({ x })), expected, 1e-6, what);
  const figures = {
    kernels: kernelsThatRun(() => one.predict({ x })),
    numbers: one.parameters,
    operations: one.operations,
  };
  const folder = await mkdtemp(join(tmpdir(), "polytask-folding-"));
  await one.save(folder);
  one.dispose();
  one.dispose();
  const graphModel = await loadGraphModel(folder);
  nearLargest(await take(graphModel.predict({ x }) as tf.Tensor), expected, 1e-6, what);
  graphModel.dispose();
  await rm(folder, { recursive: true });
  return figures;
}

const weights: Readonly<Record<string, (random: Random, at: number) => number>> = {
  "above 0": (random) => 0.1 + random.uniform(),
  "of both signs": (random) => random.normal(),
  "below 0": (random) => -0.1 - random.uniform(),
  "with zeros": (random) => random.integer(2) * random.normal(),
  "all 0": () => 0,
  "large and small": (random) => random.integer(2) === 0 ? 1e3 : 1e-4,
  "too small to divide by": (random) => random.integer(2) === 0 ? 1 : 1e-30,
};

const makers = {
  "cross-stitch": crossStitch,
  "cross-stitch by channel": (options: Parameters<typeof crossStitch>[0]) =>
    crossStitch({ ...options, weights: "channel" }),
  "sluice": sluice,
};

for (const [kind, trunk] of Object.entries(trunks)) {
  const register = trunk.everywhere ? testOnBackends : testOnWasm;
  for (const [name, make] of Object.entries(makers)) {
    register(`${name} on ${kind} gives the same with any weights`, async () => {
      for (const [what, weight] of Object.entries(weights)) {
        const model = make({ encoder: trunk.encoder, tasks: tasksOf(2), seed: 3 })
          .build({ inputs: { x: trunk.shape } });
        perturb(model);
        stitch(model, weight);
        const x = rowsOf(trunk, 5);
        await cutDown(model, x, `weights ${what}`);
        x.dispose();
      }
    });
  }
}

const mlp = (activation: "relu" | "tanh" | "sigmoid" | "linear" = "relu", stages = 3) =>
  encoders.encoder(
    "MLP",
    Array.from({ length: stages }, (_, at) => ({
      name: `dense ${at + 1}`,
      layers: [layers.dense({ units: 6, activation })],
    })),
  );
const inputs = { x: [4] };
const points = () => tf.randomNormal([5, 4], 0, 1, "float32", 2);

testOnBackends("of K × K factors of a stitch (K - 1)² are left, and none of the last", async () => {
  for (const channels of ["tower", "channel"] as const) {
    for (const towers of [2, 3]) {
      const model = crossStitch({ encoder: mlp(), tasks: tasksOf(towers), weights: channels })
        .build({ inputs });
      stitch(model, weights["above 0"]);
      const x = points();
      const { kernels } = await cutDown(model, x);
      strictEqual(kernels.Multiply, 2 * (towers - 1) ** 2, `${towers} towers by ${channels}`);
      x.dispose();
    }
  }
});

testOnCpu("factors below 0 are subtracted, and those of linear layers are gone too", async () => {
  const left = async (activation: "relu" | "linear", values: readonly number[]) => {
    const model = crossStitch({ encoder: mlp(activation, 1), tasks: tasksOf(2) }).build({ inputs });
    assign(model.namedVariables().find(({ name }) => name.includes("to a"))!.variable, values);
    const x = points();
    const { kernels: { Multiply = 0, Sub = 0 } } = await cutDown(model, x);
    x.dispose();
    return [Multiply, Sub];
  };
  deepStrictEqual(await left("relu", [0.8, -0.3]), [0, 1]);
  deepStrictEqual(await left("relu", [-0.8, 0.3]), [0, 1]);
  deepStrictEqual(await left("relu", [-0.8, -0.3]), [0, 0]);
  deepStrictEqual(await left("linear", [-0.8, 0.3]), [0, 1]);
});

testOnCpu("no factor goes through tanh or a sigmoid", async () => {
  for (const activation of ["tanh", "sigmoid"] as const) {
    const model = crossStitch({ encoder: mlp(activation), tasks: tasksOf(2) }).build({ inputs });
    stitch(model, weights["above 0"]);
    const x = points();
    const { kernels } = await cutDown(model, x);
    // The largest of each row goes on into the next layer: one of two is left, in 2 + 2 + 1 rows.
    strictEqual(kernels.Multiply, 5, activation);
    x.dispose();
  }
});

/** A layer without variables. */
const layerOf = (
  kind: string,
  outputOf: (shape: readonly number[]) => readonly number[],
  apply: (input: tf.Tensor) => tf.Tensor,
): layers.Layer => ({
  kind,
  configuration: {},
  detail: kind,
  build: (shape) => ({ outputShape: outputOf(shape), apply }),
});
const leaky = layerOf("leaky", (shape) => shape, (input) => tf.leakyRelu(input, 0.1));
const averagePool = layerOf(
  "averagePool",
  ([height, width, channels]) => [height / 2, width / 2, channels],
  (input) => tf.avgPool(input as tf.Tensor4D, 2, 2, "same"),
);

testOnBackends("factors pass leaky ReLU, pools, flattening and same padding", async () => {
  const image = encoders.encoder("leaky", [
    {
      name: "conv",
      layers: [
        layers.conv2d({ filters: 4, kernel: 3, padding: "same", activation: "linear" }),
        layers.batchNorm(),
        leaky,
        layers.maxPool({ size: 2 }),
      ],
    },
    {
      name: "separable",
      layers: [
        layers.separableConv2d({ filters: 4, kernel: 3, padding: "same" }),
        averagePool,
        layers.flatten(),
      ],
    },
  ]);
  for (const channels of ["tower", "channel"] as const) {
    const model = crossStitch({ encoder: image, tasks: tasksOf(2), weights: channels, seed: 1 })
      .build({ inputs: { x: [8, 8, 2] } });
    perturb(model);
    stitch(model, weights["above 0"]);
    const x = tf.randomNormal([3, 8, 8, 2], 0, 1, "float32", 5);
    const { kernels } = await cutDown(model, x, channels);
    // By channel the last one has a factor for each place of the flattened image: one of two goes.
    strictEqual(kernels.Multiply, channels === "tower" ? 1 : 2, channels);
    x.dispose();
  }
});

testOnBackends("batch norm becomes part of the layer before it", async () => {
  const encoder = encoders.encoder("normed", [{
    name: "conv",
    layers: [
      layers.conv2d({ filters: 4, kernel: 3, padding: "same", activation: "linear" }),
      layers.batchNorm(),
      layers.activation({ activation: "relu" }),
      layers.flatten(),
      layers.dense({ units: 4, activation: "linear" }),
      layers.batchNorm(),
      layers.activation({ activation: "tanh" }),
    ],
  }]);
  const model = hardSharing({ encoder, tasks: tasksOf(2), seed: 1 })
    .build({ inputs: { x: [4, 4, 2] } });
  perturb(model);
  // A channel that the norm has closed.
  const scale = model.namedVariables().find(({ name }) => name.endsWith("scale"))!;
  assign(scale.variable, [0, 1, -2, 3]);
  const x = tf.randomNormal([3, 4, 4, 2], 0, 1, "float32", 5);
  const { kernels, numbers } = await cutDown(model, x);
  deepStrictEqual([kernels.Multiply, kernels.Sub, kernels.Add], [undefined, undefined, 3]);
  strictEqual(numbers, 3 * 3 * 2 * 4 + 4 + 64 * 4 + 4 + 4 + 1);
  x.dispose();
});

testOnBackends("NDDR: norms are folded, towers without weight are not read", async () => {
  const shapes: Record<string, number>[] = [];
  for (const own of [1, 0.7]) {
    const model = nddr({ encoder: mlp(), tasks: tasksOf(2), own, seed: 1 }).build({ inputs });
    const x = points();
    const { kernels: { Multiply = 0, Sub = 0, Add, Concat = 0 } } = await cutDown(model, x);
    shapes.push({ Multiply, Sub, Add, Concat });
    x.dispose();
  }
  // Offsets of three layers, of the joints behind them and of the head; then of both towers and
  // all joints but the last of the other tower.
  deepStrictEqual(shapes[0], { Multiply: 0, Sub: 0, Add: 7, Concat: 0 });
  deepStrictEqual(shapes[1], { Multiply: 0, Sub: 0, Add: 2 * 3 + 5 + 1, Concat: 3 });
});

testOnBackends("a sluice whose halves keep their place is a stitch by channel", async () => {
  const model = sluice({ encoder: mlp(), tasks: tasksOf(2), skip: false }).build({ inputs });
  // Rows are the halves that come out.
  stitch(model, (random, at) => [0, 2, 5, 7].includes(at) ? 0.1 + random.uniform() : 0);
  const x = points();
  const { kernels } = await cutDown(model, x);
  deepStrictEqual([kernels.SplitV, kernels.Concat, kernels.Multiply], [undefined, undefined, 2]);
  x.dispose();
});

testOnBackends("a sluice splits towers once, and does not read those without weight", async () => {
  const model = sluice({ encoder: mlp(), tasks: tasksOf(2), skip: false }).build({ inputs });
  stitch(model, weights["above 0"]);
  const x = points();
  const { kernels } = await cutDown(model, x);
  // 16 factors between 4 halves that come in and 4 that go out, twice; then 8 for 2 of them.
  deepStrictEqual([kernels.SplitV, kernels.Multiply], [6, 9 + 9 + 3]);
  const alone = sluice({ encoder: mlp(), tasks: tasksOf(2), own: 1, skip: false, seed: 1 })
    .build({ inputs });
  const figures = await cutDown(alone, x);
  const single = hardSharing({ encoder: mlp(), tasks: tasksOf(1), seed: 1 }).build({ inputs });
  const least = await cutDown(single, x);
  deepStrictEqual(figures, least);
  x.dispose();
});

testOnBackends("a static DSelect-k has no factor left", async () => {
  const model = dselectK({ encoder: mlp("relu", 1), experts: { count: 4 }, tasks: tasksOf(2) })
    .build({ inputs });
  const x = points();
  const { kernels, numbers } = await cutDown(model, x);
  deepStrictEqual([kernels.Multiply, kernels.Pack], [undefined, undefined]);
  strictEqual(numbers, 4 * (4 * 6 + 6) + 6 + 1);
  ok(kernels.Add === 4 + 3 + 1);
  x.dispose();
});

testOnBackends("vectors of categories become rows of the first layer", async () => {
  const { encoder, shape } = trunks.table;
  const model = hardSharing({ encoder, tasks: tasksOf(2), seed: 1 }).build({
    inputs: { x: shape },
  });
  const x = rowsOf(trunks.table, 5);
  const { kernels, numbers } = await cutDown(model, x);
  // 2 numbers and 5 values of categories.
  strictEqual(numbers, 7 * 6 + 6 + 6 * 4 + 4 + 4 + 1);
  deepStrictEqual([kernels.Slice, kernels.Concat, kernels.BatchMatMul], [undefined, undefined, 3]);
  x.dispose();
});
