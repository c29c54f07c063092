import {
  deepStrictEqual,
  notDeepStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
} from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  classification,
  data,
  encoders,
  fit,
  type FitOptions,
  hardSharing,
  loadModel,
  modelDiagram,
  MultiTaskDataset,
  type MultiTaskModel,
  optimizers,
  Random,
  regression,
  saveModel,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const { jointDataset, samplers } = data;
const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const inputs = { point: [2], line: [3] };

/** `point` leads to `side` alone, `line` to `height` alone. */
function twoStems(seed = 1, dropout?: number) {
  return hardSharing({
    stems: { point: encoders.mlp({ units: [4] }), line: encoders.mlp({ units: [5, 4] }) },
    encoder: encoders.mlp({ units: [6], dropout }),
    tasks,
    reads: { side: "point", height: "line" },
    seed,
  });
}

const random = new Random(1);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());

const points = MultiTaskDataset.from({
  name: "points",
  inputs: { point: { values: normals(40), shape: [2] } },
  targets: { side: { values: Int32Array.from({ length: 20 }, (_, at) => at % 2), shape: [] } },
});
const lines = MultiTaskDataset.from({
  name: "lines",
  inputs: { line: { values: normals(36), shape: [3] } },
  targets: {
    height: {
      values: normals(12),
      shape: [],
      mask: Uint8Array.from({ length: 12 }, (_, at) => at === 3 ? 0 : 1),
    },
  },
});
const joint = jointDataset({ points, lines }, { sampler: samplers.roundRobin() });

const quiet = {
  observer: false,
  seed: 5,
  batchSize: 4,
  epochs: 2,
  optimizer: optimizers.adam({ learningRate: 0.01 }),
} as const satisfies FitOptions;

async function weightsOf(model: MultiTaskModel): Promise<Record<string, number[]>> {
  const weights: Record<string, number[]> = {};
  for (const { name, variable } of model.namedVariables()) {
    weights[name] = Array.from(await variable.data());
  }
  return weights;
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "polytask-stems-"));
  try {
    await run(join(parent, "model"));
  } finally {
    await rm(parent, { recursive: true });
  }
}

testOnCpu("a stem that one task reads belongs to it, the trunk is shared", () => {
  const model = twoStems().build({ inputs });
  deepStrictEqual(model.namedVariables().map(({ name }) => name.replace(/ dense\/.*/, "")), [
    ...["shared/dense 1/2", "shared/dense 1/2"],
    ...["task side/stem point/dense 1/2", "task side/stem point/dense 1/2"],
    ...["task side/head/kernel", "task side/head/bias"],
    ...["task height/stem line/dense 1/2", "task height/stem line/dense 1/2"],
    ...["task height/stem line/dense 2/kernel", "task height/stem line/dense 2/bias"],
    ...["task height/head/kernel", "task height/head/bias"],
  ]);
  deepStrictEqual(model.parameterCounts(), {
    shared: 4 * 6 + 6,
    byTask: { side: (2 * 4 + 4) + (6 * 2 + 2), height: (3 * 5 + 5) + (5 * 4 + 4) + (6 + 1) },
    total: 30 + 26 + 51,
  });
  model.dispose();
});

testOnCpu("a stem that several tasks read is shared", () => {
  const model = hardSharing({
    stems: { point: encoders.mlp({ units: [4] }), line: encoders.mlp({ units: [4] }) },
    encoder: encoders.mlp({ units: [6] }),
    tasks: [...tasks, regression("width")],
    reads: { side: "point", height: "line", width: "line" },
  }).build({ inputs });
  const owners = model.structure().parts.filter(({ id }) => id.startsWith("stem"))
    .map(({ id, owner }) => [id, owner]);
  deepStrictEqual(owners, [["stem point/dense 1", "side"], ["stem line/dense 1", "shared"]]);
  strictEqual(model.sharedVariables().length, 4);
  model.dispose();
});

testOnCpu("the picture shows input, stem, trunk and heads", () => {
  const model = twoStems().build({ inputs });
  deepStrictEqual(
    model.structure().parts.map(({ id, kind, owner, from }) => [id, kind, owner, from]),
    [
      ["input point", "input", "side", []],
      ["stem point/dense 1", "stage", "side", ["input point"]],
      ["input line", "input", "height", []],
      ["stem line/dense 1", "stage", "height", ["input line"]],
      ["stem line/dense 2", "stage", "height", ["stem line/dense 1"]],
      ["shared/dense 1", "stage", "shared", ["stem point/dense 1", "stem line/dense 2"]],
      ["side/side", "head", "side", ["shared/dense 1"]],
      ["height/height", "head", "height", ["shared/dense 1"]],
    ],
  );
  ok(modelDiagram(model.structure()).svg().includes("line: dense 2"));
  model.dispose();
});

testOnBackends("outputs and gradients are those of a network written by hand", async () => {
  const model = twoStems().build({ inputs });
  const weights = new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
  const layer = (input: tf.Tensor, name: string) => {
    const [kernel, bias] = ["kernel", "bias"].map((part) => weights.get(`${name}/${part}`)!);
    return tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D).add(bias);
  };
  const byHand = {
    side: (point: tf.Tensor) => {
      const stem = layer(point, "task side/stem point/dense 1/2 dense").relu();
      return layer(layer(stem, "shared/dense 1/2 dense").relu(), "task side/head");
    },
    height: (line: tf.Tensor) => {
      const first = layer(line, "task height/stem line/dense 1/2 dense").relu();
      const stem = layer(first, "task height/stem line/dense 2").relu();
      return layer(layer(stem, "shared/dense 1/2 dense").relu(), "task height/head");
    },
  };
  for (
    const [task, set, input] of [["side", points, "point"], ["height", lines, "line"]] as const
  ) {
    const batch = set.batch([0, 1, 2]);
    const tensors: Record<string, tf.Tensor> = batch.inputs;
    const output = model.outputs(tensors, [task]);
    deepStrictEqual(Object.keys(output), [task]);
    const expected = tf.tidy(() => byHand[task](tensors[input]));
    near(await take(Object.values<tf.Tensor>(output)[0]), await take(expected));

    const gradientsOf = (forward: () => tf.Tensor) =>
      tf.variableGrads(() => forward().square().sum() as tf.Scalar);
    const ours = gradientsOf(() => {
      const { outputs, representation } = model.forward(tensors, [task], { training: true });
      representation?.dispose();
      return outputs[task];
    });
    const theirs = gradientsOf(() => byHand[task](tensors[input]));
    const other = task === "side" ? "height" : "side";
    for (const { name, variable } of model.namedVariables()) {
      const mine = ours.grads[variable.name];
      if (name.startsWith(`task ${other}/`)) strictEqual(mine ?? null, null, name);
      else near(await mine.data(), await theirs.grads[variable.name].data(), 1e-4, name);
    }
    tf.dispose([ours, theirs]);
    batch.dispose();
  }
  model.dispose();
});

testOnCpu("a step on a batch of one set changes the trunk and that set's part alone", async () => {
  for (const [at, task] of (["side", "height"] as const).entries()) {
    const only = jointDataset({ points, lines }, {
      sampler: samplers.fixed({ points: 1 - at, lines: at }),
    });
    const model = twoStems().build({ inputs });
    const before = await weightsOf(model);
    await fit(model, only, { ...quiet, epochs: 1 });
    const after = await weightsOf(model);
    for (const name of Object.keys(before)) {
      if (name.startsWith("shared") || name.startsWith(`task ${task}/`)) {
        notDeepStrictEqual(after[name], before[name], name);
      } else deepStrictEqual(after[name], before[name], name);
    }
    model.dispose();
  }
});

testOnCpu("a batch with both inputs computes every task from its own", async () => {
  const model = twoStems().build({ inputs });
  const [point, line] = [tf.ones([2, 2]), tf.ones([2, 3])];
  const both = model.outputs({ point, line });
  const { side } = model.outputs({ point }, ["side"]);
  const { height } = model.outputs({ line }, ["height"]);
  near(await take(both.side), await take(side));
  near(await take(both.height), await take(height));
  const one = model.forward({ point }, ["side"], { training: false });
  deepStrictEqual(one.representation?.shape, [2, 6]);
  const two = model.forward({ point, line }, ["side", "height"], { training: false });
  strictEqual(two.representation, undefined);
  tf.dispose([point, line, one.representation!, one.outputs, two.outputs]);
  model.dispose();
});

testOnCpu("a task may read several inputs, the one that a batch holds", async () => {
  const model = hardSharing({
    stems: { point: encoders.mlp({ units: [4] }), line: encoders.mlp({ units: [4] }) },
    encoder: encoders.mlp({ units: [6] }),
    tasks: [regression("height")],
    reads: { height: ["point", "line"] },
    seed: 1,
  });
  const pointHeights = MultiTaskDataset.from({
    inputs: points.inputs,
    targets: { height: { values: normals(20), shape: [] } },
  });
  const heights = jointDataset({ pointHeights, lines });
  const history = await fit(model, heights, { ...quiet, batching: "by-task" });
  strictEqual(history.steps.length, 2 * (5 + 3));
  ok(Number.isFinite((await model.evaluate(heights)).height.loss));
  const [point, line] = [tf.ones([2, 2]), tf.ones([2, 3])];
  throws(() => model.outputs({ point, line }), /one of "point" or "line", but the batch holds 2/);
  tf.dispose([point, line]);
  model.dispose();
});

testOnCpu("training on joint data measures every task, in joint and by-task batches", async () => {
  const sides = points.withTargets("side").deriveTarget("height", "side", () => NaN);
  for (const batching of ["joint", "by-task"] as const) {
    const model = twoStems();
    const history = await fit(model, joint, { ...quiet, batching, validation: joint });
    strictEqual(history.steps.length, 2 * (5 + 3));
    for (const { losses } of history.steps) strictEqual(Object.keys(losses).length, 1);
    const [apart, together] = [
      [(await model.evaluate(sides, { batchSize: 7 })).side],
      await model.evaluate(joint, { batchSize: 6 }),
    ];
    near([together.side.loss, together.side.accuracy], [apart[0].loss, apart[0].accuracy], 1e-5);
    strictEqual(history.last?.validation?.height.loss, together.height.loss);
    model.dispose();
  }
});

testOnCpu("evaluation sees each labelled example once", async () => {
  const model = twoStems().build({ inputs });
  const { height } = await model.evaluate(joint);
  const batch = lines.labelled("height").batch([...Array(11).keys()]);
  const output = model.outputs(batch.inputs, ["height"]).height;
  const expected = await take(
    tf.tidy(() => tasks[1].rowLosses(output, batch.targets.height!).mean()),
  );
  near([height.loss], expected);
  tf.dispose(output);
  batch.dispose();
  model.dispose();
});

testOnCpu("a batch without a label of any task of the model makes no step", async () => {
  const withOther = MultiTaskDataset.from({
    inputs: lines.inputs,
    targets: { ...lines.targets, other: { values: normals(12), shape: [] } },
  });
  const model = twoStems();
  const sets = jointDataset({ points, withOther });
  const { steps } = await fit(model, sets, { ...quiet, epochs: 1, batchSize: 1 });
  strictEqual(steps.length, 20 + 11);
  model.dispose();
});

testOnCpu(
  "a run stopped in the middle of an epoch goes on exactly",
  () =>
    inFolder(async (folder) => {
      for (
        const sampler of [samplers.roundRobin(), samplers.temperature(), samplers.proportional()]
      ) {
        const sets = jointDataset({ points, lines }, { sampler });
        const run = async (options: FitOptions) => {
          const model = twoStems(1, 0.25);
          const { steps } = await fit(model, sets, { ...quiet, epochs: 3, ...options });
          const weights = await weightsOf(model);
          model.dispose();
          return { steps, weights };
        };
        const whole = await run({});
        const stop = new AbortController();
        const observer = {
          step: ({ step }: { step: number }) => void (step === 11 && stop.abort()),
        };
        const first = await run({ checkpoint: { folder }, observer, signal: stop.signal });
        strictEqual(first.steps.length, 11);
        deepStrictEqual(await run({ resume: folder }), whole);
        const other = jointDataset({ points, lines }, {
          sampler: samplers.temperature({ temperature: 2 }),
        });
        const model = twoStems(1, 0.25);
        await rejects(
          fit(model, other, { ...quiet, epochs: 3, resume: folder }),
          /checkpoint.*was made with data .*sampler.*but this run has/,
        );
        model.dispose();
      }
    }),
);

testOnCpu(
  "a saved model reads the same inputs and predicts the same",
  () =>
    inFolder(async (folder) => {
      const model = twoStems(3).build({ inputs });
      await saveModel(model, folder);
      const loaded = await loadModel(folder);
      deepStrictEqual(await weightsOf(loaded), await weightsOf(model));
      deepStrictEqual(loaded.structure(), model.structure());
      const line = tf.ones([1, 3]);
      const [mine, theirs] = [model, loaded].map((each: MultiTaskModel) =>
        each.outputs({ line }, ["height"]).height
      );
      deepStrictEqual(await take(mine), await take(theirs));
      line.dispose();
      loaded.dispose();
      model.dispose();
    }),
);

testOnCpu("a task whose input is missing is refused", () => {
  const model = twoStems().build({ inputs });
  const [point, wide] = [tf.ones([1, 2]), tf.ones([1, 3])];
  throws(
    () => model.outputs({ point }),
    /Task "height" reads the input "line", which is missing; ask for the tasks/,
  );
  throws(() => model.outputs({ point: wide }, ["side"]), /"point".*\[batch, 2\], but has \[1, 3\]/);
  tf.dispose([point, wide]);
  model.dispose();
});

testOnCpu("stems, tasks and inputs that do not fit are refused", () => {
  const stem = (units: number) => encoders.mlp({ units: [units] });
  const make = (
    stems: Record<string, ReturnType<typeof stem>>,
    reads: Record<"side" | "height", string | string[]>,
  ) => hardSharing({ stems, encoder: stem(6), tasks, reads });
  const reads = { side: "point", height: "line" };
  const refused = (model: MultiTaskModel, shapes: Record<string, number[]>, say: RegExp) => {
    throws(() => model.build({ inputs: shapes }), say);
    strictEqual(model.built, false);
  };
  const right = make({ point: stem(4), line: stem(4) }, reads);
  refused(
    make({ point: stem(4), line: stem(5) }, reads),
    inputs,
    /must end in the shape.*but "point" ends in \[4\] and "line" in \[5\]/,
  );
  refused(right, { point: [2] }, /stem for the input "line", but the data have.*"point"/);
  refused(right, { ...inputs, z: [1] }, /input "z", but there is no stem for it/);
  refused(
    make({ point: stem(4) }, reads),
    inputs,
    /Task "height" reads.*"line", which has no stem/,
  );
  refused(
    make({ point: stem(4), line: stem(4), z: stem(4) }, reads),
    { ...inputs, z: [1] },
    /No task reads the stem "z"/,
  );
  refused(
    make({ point: stem(4), line: stem(4) }, { side: "point", height: [] }),
    inputs,
    /Task "height" reads no input/,
  );
  const more = { ...reads, width: "line" };
  refused(
    make({ point: stem(4), line: stem(4) }, more),
    inputs,
    /reads names the task "width", which the model does not have/,
  );
});

testOnCpu("joint data that do not fit the model are refused before the first step", async () => {
  const model = twoStems();
  const refused = (sets: Parameters<typeof jointDataset>[0], say: RegExp) =>
    rejects(fit(model as MultiTaskModel, jointDataset(sets), quiet), say);
  await refused({ points }, /have no target "height"; they have "side"/);
  const odd = MultiTaskDataset.from({
    inputs: lines.inputs,
    targets: { odd: lines.targets.height },
  });
  await refused({ points, lines, odd }, /hold the set.*no target of a task of the model/);
  const unlabelled = lines.withMask("height", new Uint8Array(12));
  await refused({ points, unlabelled }, /no label at all for task "height"/);
  const wrong = MultiTaskDataset.from({
    inputs: points.inputs,
    targets: { side: { values: new Int32Array(20).fill(7), shape: [] } },
  });
  await refused({ wrong, lines }, /do not fit task "side"/);
  strictEqual(model.built, false);
});

Deno.test("the types know stems and tasks", () => {
  const stem = encoders.mlp({ units: [4] });
  const stems = { point: stem, line: stem };
  // @ts-expect-error There is no stem "plane".
  hardSharing({ stems, encoder: stem, tasks, reads: { side: "point", height: "plane" } });
  // @ts-expect-error The task "height" reads nothing.
  hardSharing({ stems, encoder: stem, tasks, reads: { side: "point" } });
  // @ts-expect-error Without reads no task reads a stem.
  hardSharing({ stems, encoder: stem, tasks });
  const model = twoStems();
  // @ts-expect-error The model has no task "width".
  throws(() => model.outputs({}, ["width"]));
  // @ts-expect-error No set has labels for "side".
  const untrained = () => fit(model, jointDataset({ lines }), quiet);
  ok(untrained);
  // @ts-expect-error The set of lines has no target "side".
  throws(() => jointDataset({ lines }).labelled("side"));
});
