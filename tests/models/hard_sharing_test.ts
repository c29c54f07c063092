import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  classification,
  encoders,
  hardSharing,
  maskedMean,
  MultiTaskModel,
  parametersByOwner,
  regression,
} from "polytask";
import { setBackend, testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { builtModel, smallModel, tasks, twoTasks, weightsOf } from "../_two_tasks.ts";

testOnBackends("each task gets its output, computed from trunk and head", async () => {
  const model = builtModel();
  const weights = await weightsOf(model);
  const points = [[0.5, -1], [2, 0.25]];
  const point = tf.tensor2d(points);
  const outputs = model.outputs({ point });
  deepStrictEqual(Object.keys(outputs), ["side", "height"]);
  deepStrictEqual(outputs.side.shape, [2, 2]);
  deepStrictEqual(outputs.height.shape, [2, 1]);
  const [kernel, bias] = ["kernel", "bias"].map((name) =>
    weights[`shared/dense 1/2 dense/${name}`]
  );
  const hidden = points.map((row) =>
    bias.map((shift, unit) =>
      Math.max(0, shift + row[0] * kernel[unit] + row[1] * kernel[8 + unit])
    )
  );
  const head = weights["task height/head/kernel"];
  const expected = hidden.map((row) =>
    row.reduce((sum, value, unit) => sum + value * head[unit], 0)
  );
  near(await take(outputs.height), expected);
  tf.dispose([point, outputs.side]);
  model.dispose();
});

testOnCpu("the last shared layer is the one that the heads read", () => {
  const model = hardSharing({
    encoder: encoders.mlp({ units: [5, 7] }),
    tasks: [classification("side", { classes: 2 }), regression("height")],
  });
  model.build({ inputs: { point: [2] } });
  deepStrictEqual(model.sharedVariables().map(({ shape }) => shape), [[2, 5], [5], [5, 7], [7]]);
  deepStrictEqual(model.lastSharedLayer(), model.sharedVariables().slice(2));
  model.dispose();
});

testOnCpu("the trunk is shared, each head belongs to its task", () => {
  const model = builtModel();
  strictEqual(model.sharedVariables().length, 2);
  deepStrictEqual(model.taskVariables("side").map((variable) => variable.shape), [[8, 2], [2]]);
  deepStrictEqual(model.taskVariables("height").map((variable) => variable.shape), [[8, 1], [1]]);
  deepStrictEqual(model.namedVariables().map(({ name }) => name), [
    "shared/dense 1/2 dense/kernel",
    "shared/dense 1/2 dense/bias",
    "task side/head/kernel",
    "task side/head/bias",
    "task height/head/kernel",
    "task height/head/bias",
  ]);
  deepStrictEqual(model.parameterCounts(), {
    shared: 24,
    byTask: { side: 18, height: 9 },
    total: 51,
  });
  model.dispose();
});

testOnCpu("a head may have hidden layers of its own", () => {
  const task = binary("yes", { hidden: [5, 4] });
  const model = hardSharing({ encoder: encoders.mlp({ units: [3] }), tasks: [task] })
    .build({ inputs: { x: [2] } });
  strictEqual(model.parameterCounts().byTask.yes, (3 * 5 + 5) + (5 * 4 + 4) + (4 + 1));
  model.dispose();
});

testOnCpu("the structure is one input, the stages in a row, and a head for each task", () => {
  const model = builtModel();
  const { name, parts } = model.structure();
  strictEqual(name, "hard sharing");
  deepStrictEqual(
    parts.map(({ id, kind, owner, from }) => [id, kind, owner, from]),
    [
      ["input point", "input", "shared", []],
      ["shared/dense 1", "stage", "shared", ["input point"]],
      ["side/side", "head", "side", ["shared/dense 1"]],
      ["height/height", "head", "height", ["shared/dense 1"]],
    ],
  );
  deepStrictEqual(parametersByOwner(model.structure()), { shared: 24, side: 18, height: 9 });
  model.dispose();
});

Deno.test("the same seed gives the same weights on every backend, another seed others", async () => {
  const draws: Record<string, number[]>[] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    await setBackend(backend);
    const model = builtModel(5);
    draws.push(await weightsOf(model));
    model.dispose();
  }
  deepStrictEqual(draws[0], draws[1]);
  const other = builtModel(6);
  const kernel = "shared/dense 1/2 dense/kernel";
  ok((await weightsOf(other))[kernel].every((value, at) => value !== draws[0][kernel][at]));
  other.dispose();
});

testOnCpu("heads of the same shape start with weights of their own", async () => {
  const model = hardSharing({
    encoder: encoders.mlp({ units: [3] }),
    tasks: [binary("a"), binary("b")],
  }).build({ inputs: { x: [2] } });
  const [first, second] = [model.taskVariables("a")[0], model.taskVariables("b")[0]];
  const [a, b] = [await first.data(), await second.data()];
  ok(a.every((value, at) => value !== b[at]));
  model.dispose();
});

testOnCpu("the seed of the model goes before the seed of build", async () => {
  const [own, given, free] = [smallModel({ seed: 5 }), smallModel(), smallModel()];
  own.build({ inputs: { point: [2] }, seed: 9 });
  given.build({ inputs: { point: [2] }, seed: 5 });
  free.build({ inputs: { point: [2] } });
  deepStrictEqual(await weightsOf(own), await weightsOf(given));
  deepStrictEqual([own.seed, given.seed, free.seed], [5, 5, 0]);
  for (const model of [own, given, free]) model.dispose();
});

testOnBackends(
  "the loss of one task reaches the trunk and its own head, and no other",
  async () => {
    const model = builtModel();
    const batch = twoTasks({ size: 6 }).batch([0, 1, 2, 3, 4, 5]);
    for (const task of tasks) {
      const { value, grads } = tf.variableGrads(() => {
        const { outputs } = model.forward(batch.inputs, [task.name], { training: false });
        return maskedMean(task.rowLosses(outputs[task.name], batch.targets[task.name]!));
      });
      value.dispose();
      const reached = new Set<string>();
      for (const { name, variable } of model.namedVariables()) {
        const gradient = grads[variable.name];
        if (!gradient) continue;
        if ((await take(tf.tidy(() => gradient.abs().sum())))[0] > 0) {
          reached.add(
            name.split("/")[0],
          );
        }
      }
      deepStrictEqual([...reached], ["shared", `task ${task.name}`]);
      tf.dispose(grads);
    }
    batch.dispose();
    model.dispose();
  },
);

testOnCpu("forward computes the tasks asked for and no other", () => {
  const model = builtModel();
  const point = tf.ones([1, 2]);
  const { outputs, representation } = model.forward({ point }, ["height"], { training: false });
  deepStrictEqual(Object.keys(outputs), ["height"]);
  deepStrictEqual(representation?.shape, [1, 8]);
  tf.dispose([outputs, representation!, point]);
  model.dispose();
});

testOnCpu("building twice is for the same shapes only", () => {
  const model = builtModel();
  const [first] = model.sharedVariables();
  strictEqual(model.build({ inputs: { point: [2] } }).sharedVariables()[0], first);
  throws(
    () => model.build({ inputs: { point: [3] } }),
    /built for inputs "point" \[2\], but gets "point" \[3\]/,
  );
  model.dispose();
  strictEqual(model.built, false);
  model.build({ inputs: { point: [3] } }).dispose();
});

testOnCpu("a model says what is missing", () => {
  const model = smallModel();
  throws(() => model.sharedVariables(), /no variables yet; call fit, or build/);
  model.build({ inputs: { point: [2] } });
  throws(() => model.taskVariables("sides" as "side"), /no task "sides"; it has "side", "height"/);
  const [wrong, right] = [tf.ones([1, 3]), tf.ones([1, 2])];
  throws(() => model.outputs({ point: wrong }), /"point".*\[batch, 2\], but has \[1, 3\]/);
  throws(() => model.outputs({ points: right }), /Input "point".*but is missing/);
  tf.dispose([wrong, right]);
  model.dispose();
});

testOnCpu("tasks and inputs that make no model are refused", () => {
  const encoder = encoders.mlp({ units: [2] });
  throws(() => hardSharing({ encoder, tasks: [] }), /at least one task/);
  throws(() => hardSharing({ encoder, tasks: [binary("a"), binary("a")] }), /Two tasks.*"a"/);
  throws(() => hardSharing({ encoder, tasks: [binary("shared")] }), /"shared" names what tasks/);
  const model = hardSharing({ encoder, tasks: [binary("a")] });
  throws(() => model.build({ inputs: { x: [1], y: [1] } }), /one input, but.*2: "x", "y"/);
  strictEqual(model.built, false);
});

testOnCpu("an architecture of your own is one object", async () => {
  const scale = {
    name: "scale",
    configuration: {},
    build({ tasks, forTask }: Parameters<MultiTaskModel["architecture"]["build"]>[0]) {
      const factors = new Map(
        tasks.map(({ name }) => [name, forTask(name).variable("factor", [1], { kind: "ones" })]),
      );
      return {
        parts: [],
        forward: (inputs: Readonly<Record<string, tf.Tensor>>, wanted: readonly string[]) => ({
          outputs: Object.fromEntries(
            wanted.map((name) => [name, tf.mul(inputs.x, factors.get(name)!)]),
          ),
        }),
      };
    },
  };
  const model = new MultiTaskModel(scale, [binary("a"), classification("b", { classes: 2 })])
    .build({ inputs: { x: [1] } });
  const x = tf.tensor2d([[3]]);
  const outputs = model.outputs({ x });
  near(await take(outputs.a), [3]);
  near(await take(outputs.b), [3]);
  x.dispose();
  model.dispose();
});
