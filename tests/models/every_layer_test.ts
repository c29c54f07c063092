/** What holds for every layer, and known outputs of those that PyTorch has too. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { layers, Random, VariableScope } from "polytask";
import { layerFromConfiguration } from "../../lib/models/layers/mod.ts";
import { checkGradients } from "../backend/_finite_differences.ts";
import oracle from "../oracles/layers_torch.json" with { type: "json" };
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { scopeOf, variableShapes } from "./_fake_scope.ts";

const still = { training: false } as const;
const {
  activation,
  branches,
  conv1d,
  conv2d,
  dense,
  depthwiseConv2d,
  embedCategories,
  embedding,
  groupNorm,
  gru,
  keepPadding,
  layerNorm,
  lstm,
  positions,
  reshape,
  residual,
  resize,
  selfAttention,
  separableConv2d,
  transposedConv2d,
  upSample,
} = layers;

/** Every layer with variables or a gradient of its own, with an input shape and its output shape. */
const cases: readonly [layers.Layer, number[], number[]][] = [
  [embedding({ size: 5, units: 3 }), [4], [4, 3]],
  [embedCategories({ numbers: 2, categories: [3, 2], units: 2 }), [7], [6]],
  [embedCategories({ numbers: 0, categories: [4], units: 3 }), [4], [3]],
  [conv2d({ filters: 2, kernel: 2, bias: false }), [3, 3, 2], [2, 2, 2]],
  [layerNorm(), [4, 3], [4, 3]],
  [groupNorm({ groups: 2 }), [2, 3, 4], [2, 3, 4]],
  [lstm({ units: 4 }), [3, 2], [3, 4]],
  [lstm({ units: 3, bidirectional: true }), [3, 2], [3, 6]],
  [gru({ units: 3 }), [3, 2], [3, 3]],
  [gru({ units: 2, bidirectional: true, maskZeros: true }), [3, 2], [3, 4]],
  [selfAttention({ heads: 2 }), [3, 4], [3, 4]],
  [positions(), [3, 4], [3, 4]],
  [depthwiseConv2d({ kernel: 3, stride: 2 }), [4, 5, 2], [2, 3, 2]],
  [separableConv2d({ kernel: 3, filters: 3, padding: "valid" }), [4, 5, 2], [2, 3, 3]],
  [transposedConv2d({ kernel: 3, filters: 2 }), [2, 3, 3], [4, 6, 2]],
  [upSample(), [2, 3, 2], [4, 6, 2]],
  [resize({ height: 5, width: 3 }), [2, 3, 2], [5, 3, 2]],
  [reshape({ shape: [2, 3, 2] }), [12], [2, 3, 2]],
  [
    residual({
      layers: [conv2d({ filters: 3, kernel: 3, padding: "same", stride: 2 })],
      shortcut: [conv2d({ filters: 3, kernel: 1, stride: 2 })],
    }),
    [4, 4, 2],
    [2, 2, 3],
  ],
  [
    branches({ branches: [[conv1d({ filters: 2, kernel: 3 })], [], [dense({ units: 1 })]] }),
    [4, 2],
    [4, 5],
  ],
  [keepPadding({ layers: [dense({ units: 3, activation: "tanh" })] }), [4, 2], [4, 3]],
];

for (const [layer, shape, outputShape] of cases) {
  const name = `${layer.kind} on [${shape}]: ${layer.detail}`;
  testOnBackends(`${name}: shape, gradients`, async () => {
    const weights = variableShapes((scope) => layer.build(shape, scope));
    const indices = layer.kind === "embedding";
    const run = (input: tf.Tensor, ...variables: tf.Tensor[]) => {
      const built = layer.build(shape, scopeOf(variables));
      deepStrictEqual([...built.outputShape], outputShape);
      const output = built.apply(input, still);
      deepStrictEqual(output.shape, [2, ...outputShape]);
      return output;
    };
    if (indices) {
      const words = tf.tensor2d([[1, 4, 0, 2], [2, 2, 0, 0]], [2, 4], "int32");
      await checkGradients({ name, inputs: weights, run: (table) => run(words, table) });
      words.dispose();
    } else {
      await checkGradients({ name, inputs: [[2, ...shape], ...weights], run, tolerance: 4e-3 });
    }
  });

  testOnCpu(`${name}: comes back from its configuration, through JSON`, async () => {
    const saved = JSON.parse(JSON.stringify(layer.configuration));
    const again = layerFromConfiguration(layer.kind, saved);
    strictEqual(again.detail, layer.detail);
    deepStrictEqual(JSON.parse(JSON.stringify(again.configuration)), saved);
    const random = new Random(1);
    const values = Float32Array.from(
      { length: 2 * shape.reduce((product, side) => product * side, 1) },
      () => random.integer(5),
    );
    const outputs = await Promise.all([layer, again].map((each) => {
      const scope = new VariableScope("layer", 1);
      const output = tf.tidy(() =>
        each.build(shape, scope).apply(tf.tensor(values, [2, ...shape]), still)
      );
      tf.dispose(scope.variables.map(({ variable }) => variable));
      return take(output);
    }));
    deepStrictEqual(outputs[0], outputs[1]);
    ok(outputs[0].some((value) => value !== 0));
  });
}

const made: Record<string, (settings: Record<string, unknown>) => layers.Layer> = {
  lstm: ({ maskZeros }) => lstm({ units: 4, bidirectional: true, maskZeros: maskZeros as boolean }),
  gru: ({ maskZeros }) => gru({ units: 4, bidirectional: true, maskZeros: maskZeros as boolean }),
  selfAttention: ({ heads, maskZeros }) =>
    selfAttention({ heads: heads as number, maskZeros: maskZeros as boolean }),
  layerNorm: () => layerNorm(),
  groupNorm: ({ groups }) => groupNorm({ groups: groups as number }),
  transposedConv2d: (settings) => transposedConv2d(settings as never),
  separableConv2d: (settings) => separableConv2d(settings as never),
};

for (const { name, shape, input, weights, output, ...settings } of oracle.cases) {
  const masked = "maskZeros" in settings && settings.maskZeros ? ", padding masked" : "";
  testOnBackends(`${name} is that of PyTorch${masked}`, async () => {
    const layer = made[name](settings);
    const shapes = variableShapes((scope) => layer.build(shape, scope));
    strictEqual(shapes.length, weights.length);
    const result = tf.tidy(() => {
      const variables = weights.map((values, at) => tf.tensor(values, shapes[at]));
      const built = layer.build(shape, scopeOf(variables));
      return built.apply(tf.tensor(input, [2, ...shape]), still);
    });
    near(await take(result), output, 1e-5, name);
  });
}

testOnBackends("layers with maskZeros do not notice how much padding there is", async () => {
  const each = [
    lstm({ units: 4, bidirectional: true, maskZeros: true }),
    gru({ units: 3, bidirectional: true, maskZeros: true }),
    selfAttention({ heads: 2, maskZeros: true }),
    layerNorm({ maskZeros: true }),
    keepPadding({ layers: [dense({ units: 3, activation: "sigmoid" })] }),
    residual({ layers: [layerNorm(), dense({ units: 4 })], maskZeros: true }),
  ];
  const random = new Random(3);
  const words = Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => random.normal()));
  for (const layer of each) {
    const run = async (length: number) => {
      const scope = new VariableScope("layer", 1);
      const text = [...words, ...new Array(length - 3).fill([0, 0, 0, 0])];
      const output = tf.tidy(() =>
        layer.build([length, 4], scope).apply(tf.tensor3d([text]), still)
      );
      tf.dispose(scope.variables.map(({ variable }) => variable));
      return await take(output);
    };
    const [short, long] = [await run(3), await run(6)];
    near(long.slice(0, short.length), short, 1e-5, layer.kind);
    near(long.slice(short.length), new Array(long.length - short.length).fill(0), 0, layer.kind);
  }
});

testOnBackends("an embedding of padding is 0 and gets no gradient", async () => {
  const layer = embedding({ size: 4, units: 2 });
  const table = tf.tensor2d([[9, 9], [1, 2], [3, 4], [5, 6]]);
  const words = tf.tensor2d([[2, 0], [3, 2]]);
  const run = (vectors: tf.Tensor) => layer.build([2], scopeOf([vectors])).apply(words, still);
  near(await take(tf.tidy(() => run(table))), [3, 4, 0, 0, 5, 6, 3, 4]);
  near(await take(tf.grad((vectors) => run(vectors).sum())(table)), [0, 0, 0, 0, 2, 2, 1, 1]);
  tf.dispose([table, words]);
});

testOnBackends("an index without a vector is an error", () => {
  const layer = embedding({ size: 3, units: 2 });
  tf.tidy(() => {
    const built = layer.build([2], scopeOf([tf.ones([3, 2])]));
    throws(() => built.apply(tf.tensor2d([[1, 3]], [1, 2], "int32"), still), /3/);
  });
});

testOnBackends("categories are read from their own places only", async () => {
  const layer = embedCategories({ numbers: 1, categories: [2, 3], units: 2 });
  const table = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]);
  const rows = tf.tensor2d([[0.5, 0, 1, 1, 0, 0], [2, 1, 0, 0, 0, 0]]);
  const result = layer.build([6], scopeOf([table])).apply(rows, still);
  near(await take(result), [0.5, 3, 4, 5, 6, 2, 1, 2, 0, 0]);
  tf.dispose([table, rows]);
});

testOnCpu("up-sampling repeats pixels", async () => {
  const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const larger = upSample().build([2, 2, 1], scopeOf([])).apply(image, still);
  near(await take(larger), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  image.dispose();
});

testOnBackends("resizing interpolates as TensorFlow.js does", async () => {
  const image = tf.randomNormal([2, 3, 4, 2], 0, 1, "float32", 5) as tf.Tensor4D;
  for (const [height, width] of [[7, 5], [2, 3], [3, 4]]) {
    const ours = resize({ height, width }).build([3, 4, 2], scopeOf([])).apply(image, still);
    const theirs = tf.image.resizeBilinear(image, [height, width], false, true);
    near(await take(ours), await take(theirs), 1e-5);
  }
  image.dispose();
});

testOnCpu("shapes and settings that do not fit get a sentence", () => {
  const build = (layer: layers.Layer, ...shape: number[]) => () => layer.build(shape, scopeOf([]));
  throws(build(embedding({ size: 2, units: 2 }), 3, 4), /indices of shape \[time\].*\[3,4\]/);
  throws(
    build(embedCategories({ numbers: 1, categories: [2, 3] }), 5),
    /1 numbers and 5 values.*\[6\].*\[5\]/,
  );
  throws(() => embedCategories({ numbers: 1, categories: [2, 0] }), /values of category 1.*is 0/);
  throws(() => embedCategories({ numbers: 1, categories: [] }), /number of categories.*is 0/);
  throws(build(layerNorm({ maskZeros: true }), 3), /\[time, units\].*\[3\]/);
  throws(build(groupNorm({ groups: 3 }), 2, 2, 4), /4 channels do not divide into 3 groups/);
  throws(build(lstm({ units: 2 }), 4), /LSTM.*\[time, inputs\].*\[4\]/);
  throws(build(gru({ units: 2 }), 4, 4, 1), /GRU.*\[time, inputs\].*\[4,4,1\]/);
  throws(build(selfAttention({ heads: 3 }), 4, 4), /4 units do not divide into 3 heads/);
  throws(build(selfAttention(), 4), /\[time, units\].*\[4\]/);
  throws(build(positions(), 4), /\[time, units\].*\[4\]/);
  throws(build(depthwiseConv2d({ kernel: 3 }), 4), /\[height, width, channels\].*\[4\]/);
  throws(
    build(separableConv2d({ kernel: 5, filters: 1, padding: "valid" }), 4, 9, 1),
    /5 x 5.*does not fit.*4 x 9/,
  );
  throws(build(upSample(), 4), /\[height, width, channels\].*\[4\]/);
  throws(build(reshape({ shape: [2, 3] }), 4), /\[4\] has 4 numbers, but \[2,3\] 6/);
  throws(build(residual({ layers: [dense({ units: 2 })] }), 3), /end in \[2\].*shortcut in \[3\]/);
  throws(
    build(branches({ branches: [[], [conv1d({ filters: 1, kernel: 2, stride: 2 })]] }), 4, 1),
    /agree but for their last side.*\[4,1\], \[2,1\]/,
  );
  throws(
    build(keepPadding({ layers: [layers.globalMaxPool()] }), 4, 2),
    /from \[4,2\] to \[2\]/,
  );
  throws(() => embedding({ size: 0, units: 1 }), /embedding: size.*is 0/);
  throws(() => lstm({ units: 0 }), /lstm: units.*is 0/);
  throws(() => gru({ units: 1.5 }), /gru: units.*1\.5/);
  throws(() => layerNorm({ epsilon: 0 }), /layerNorm: epsilon.*is 0/);
  throws(() => branches({ branches: [] }), /at least one branch/);
  throws(
    () => transposedConv2d({ filters: 1, kernel: 1 }),
    /kernel of 1 leaves gaps at a stride of 2/,
  );
  throws(() => layerFromConfiguration("magic", {}), /"magic".*lstm/);
  strictEqual(activation({ activation: "relu" }).kind, "activation");
});
