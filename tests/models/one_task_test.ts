import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  classification,
  crossStitch,
  encoders,
  forTask,
  graphArchitecture,
  hardSharing,
  layers,
  mmoe,
  MultiTaskModel,
  regression,
  singleTask,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { loadGraphModel } from "./_graph_model.ts";

const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const inputs = { point: [2] };

testOnBackends("the network of a task outlives its model and keeps its weights", async () => {
  const model = hardSharing({ encoder, tasks, seed: 1 }).build({ inputs });
  const point = tf.randomNormal([3, 2], 0, 1, "float32", 1);
  const { side, height } = model.outputs({ point });
  const one = await forTask(model, "side");
  strictEqual(one.parameters, model.parameterCounts().shared + model.parameterCounts().byTask.side);
  for (const { variable } of model.namedVariables()) {
    const changed = tf.onesLike(variable);
    variable.assign(changed);
    changed.dispose();
  }
  model.dispose();
  near(await take(one.predict({ point })), await take(side), 1e-6);
  throws(() => one.predict({ points: point }), /"point" must have the shape \[batch, 2\].*missing/);
  one.dispose();
  throws(() => one.predict({ point }), /was disposed/);
  tf.dispose([point, height]);
});

testOnCpu("towers that a stitch gives no weight are left out", async () => {
  const [identity, half, alone] = [
    crossStitch({ encoder, tasks, own: 1, seed: 1 }),
    crossStitch({ encoder, tasks, own: 0.5, seed: 1 }),
    singleTask({ encoder, tasks, seed: 1 }),
  ].map((model) => model.build({ inputs }));
  const sizes: number[] = [];
  const operations: number[] = [];
  for (const model of [identity, half, alone]) {
    const one = await forTask(model, "side");
    sizes.push(one.parameters);
    operations.push(one.operations);
    one.dispose();
    model.dispose();
  }
  const own = 2 * 6 + 6 + 6 * 4 + 4 + 4 * 2 + 2;
  strictEqual(sizes[2], own);
  // A stitch that hands its tower on leaves nothing behind: the network is the single-task one.
  strictEqual(sizes[0], own);
  strictEqual(operations[0], operations[2]);
  // The other tower too; factors that are all the same go into the layers before and after.
  strictEqual(sizes[1], own + 2 * 6 + 6 + 6 * 4 + 4);
});

testOnBackends("what a stitch takes as it is is added without a factor", async () => {
  const started = (weights: "tower" | "channel") =>
    crossStitch({ encoder, tasks, weights, own: 1, seed: 1 }).build({ inputs });
  const point = tf.randomNormal([3, 2], 0, 1, "float32", 1);
  for (const weights of ["tower", "channel"] as const) {
    const model = started(weights);
    const stitch = model.namedVariables().find(({ name }) => name.includes("dense 2 to side"))!;
    const [rows, channels] = stitch.variable.shape;
    strictEqual(rows, 2);
    // The other tower comes in as it is; of the own one only a part where channels have weights.
    const values = tf.tensor2d([
      Array.from({ length: channels }, (_, at) => at === 0 ? 0.25 : 0),
      new Array<number>(channels).fill(1),
    ]);
    stitch.variable.assign(values);
    const expected = model.outputs({ point }, ["side"]);
    const one = await forTask(model, "side");
    near(await take(one.predict({ point })), await take(expected.side), 1e-6);
    values.dispose();
    one.dispose();
    model.dispose();
  }
  point.dispose();
});

testOnCpu("experts stay, gates and heads of others go", async () => {
  const model = mmoe({ encoder, experts: { count: 3 }, tasks, seed: 1 }).build({ inputs });
  const one = await forTask(model, "height");
  const { shared, byTask } = model.parameterCounts();
  strictEqual(one.parameters, shared + byTask.height);
  one.dispose();
  model.dispose();
});

testOnBackends("words, recurrence and attention are cut down and exported too", async () => {
  const trunks = {
    LSTM: [layers.lstm({ units: 4, bidirectional: true, maskZeros: true })],
    GRU: [layers.gru({ units: 4, maskZeros: true })],
    attention: [layers.selfAttention({ heads: 2, maskZeros: true })],
  };
  const words = tf.tensor2d([[1, 2, 3, 0], [4, 5, 0, 0], [6, 1, 2, 3]]);
  for (const [name, sequence] of Object.entries(trunks)) {
    const text = encoders.encoder(name, [
      { name: "words", layers: [layers.embedding({ size: 7, units: 4 })] },
      { name, layers: [...sequence, layers.flatten()] },
    ]);
    const model = hardSharing({ encoder: text, tasks: [binary("a"), binary("b")], seed: 1 })
      .build({ inputs: { words: [4] } });
    const expected = model.outputs({ words }, ["b"]);
    const one = await forTask(model, "b");
    near(await take(one.predict({ words })), await expected.b.data(), 1e-6, name);
    const folder = await mkdtemp(join(tmpdir(), "polytask-words-"));
    await one.save(folder);
    deepStrictEqual((await readdir(folder)).sort(), ["model.json", "weights.bin"]);
    const loaded = await loadGraphModel(folder);
    near(await take(loaded.predict({ words }) as tf.Tensor), await take(expected.b), 1e-6, name);
    loaded.dispose();
    one.dispose();
    model.dispose();
    await rm(folder, { recursive: true });
  }
  words.dispose();
});

testOnCpu("of several inputs the network reads the one that its task reads", async () => {
  const model = hardSharing({
    stems: { a: encoders.mlp({ units: [4] }), b: encoders.mlp({ units: [4] }) },
    encoder,
    tasks: [binary("first"), binary("second")],
    reads: { first: ["a", "b"], second: "b" },
    seed: 2,
  }).build({ inputs: { a: [2], b: [3] } });
  const [byDefault, other] = [
    await forTask(model, "first"),
    await forTask(model, "first", { input: "b" }),
  ];
  deepStrictEqual([byDefault.inputShapes, other.inputShapes], [{ a: [2] }, { b: [3] }]);
  const b = tf.ones([1, 3]);
  const expected = model.outputs({ b }, ["first"]);
  near(await take(other.predict({ b })), await take(expected.first), 1e-6);
  await rejects(
    forTask(model, "second", { input: "a" }),
    /does not read the input "a"; it reads "b"/,
  );
  byDefault.dispose();
  other.dispose();
  b.dispose();
  model.dispose();
});

testOnCpu("an architecture of your own is cut down like ours", async () => {
  const plain = new MultiTaskModel({
    name: "plain",
    configuration: {},
    build: ({ tasks, forTask }) => {
      const weights = new Map(
        tasks.map((
          { name },
        ) => [name, forTask(name).variable("w", [2], { kind: "values", values: [1, 2] })]),
      );
      return {
        parts: [],
        forward: ({ x }, wanted) => ({
          outputs: tf.tidy(() =>
            Object.fromEntries(
              wanted.map((name) => [name, x.mul(weights.get(name)!).sum(1, true)]),
            )
          ),
        }),
      };
    },
  }, [binary("a"), binary("b")]).build({ inputs: { x: [2] } });
  const one = await forTask(plain, "a");
  const x = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]);
  near(await take(one.predict({ x })), [5, 11, 17, 23]);
  strictEqual(one.parameters, 2);
  one.dispose();
  x.dispose();
  plain.dispose();
});

testOnBackends("constants of every row stay apart where an operation reads several", async () => {
  const model = new MultiTaskModel(
    graphArchitecture({
      name: "steps",
      trunk: { encoder },
      build(graph) {
        const step = graph.part({
          name: "step",
          from: [graph.source],
          build: () => ({
            shape: [1],
            apply: ([x]) =>
              tf.tidy(() => {
                const first = x.slice([0, 0], [-1, 1]);
                return tf.where(first.greater(0), tf.ones(first.shape), tf.zeros(first.shape));
              }),
          }),
        });
        for (const { name } of graph.tasks) graph.output(name, step);
      },
    }),
    [regression("up"), regression("down")],
  ).build({ inputs });
  const one = await forTask(model, "up");
  const point = tf.tensor2d([[1, 0], [-1, 0], [2, 0], [-2, 0]]);
  near(await take(one.predict({ point })), [1, 0, 1, 0]);
  point.dispose();
  one.dispose();
  model.dispose();
});

testOnCpu("what cannot be cut down is said", async () => {
  const model = hardSharing({ encoder, tasks, seed: 1 }).build({ inputs });
  await rejects(forTask(model, "width" as "side"), /no task "width"; it has "side", "height"/);
  model.dispose();
  const before = tf.memory().numTensors;
  const odd = (apply: (x: tf.Tensor) => tf.Tensor) =>
    new MultiTaskModel(
      graphArchitecture({
        name: "odd",
        trunk: { encoder },
        build(graph) {
          const part = graph.part({
            name: "odd",
            from: [graph.source],
            build: () => ({ shape: [2], apply: ([x]) => tf.tidy(() => apply(x)) }),
          });
          for (const task of graph.tasks) graph.head(task, part);
        },
      }),
      tasks,
    ).build({ inputs });
  const branching = odd((x) => x.shape[0] > 2 ? x.square().add(1) : x.square());
  await rejects(forTask(branching, "side"), /other steps for 2 rows than for 3/);
  const growing = odd((x) => x.mul(x.shape[0]));
  await rejects(forTask(growing, "side"), /other numbers for 2 rows than for 3/);
  branching.dispose();
  growing.dispose();
  strictEqual(tf.memory().numTensors, before);
});
