import { deepStrictEqual, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  type Batch,
  type BatchSource,
  binary,
  data,
  encoders,
  fit,
  type FitOptions,
  hardSharing,
  maskedMean,
  MultiTaskDataset,
  optimizers,
  schedules,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { builtModel, smallModel, tasks, twoTasks, weightsOf } from "../_two_tasks.ts";

const quiet = { observer: false } as const;

testOnBackends("the losses of a learnable set fall, and its metrics rise", async () => {
  const train = twoTasks({ size: 96 });
  const model = smallModel();
  const history = await fit(model, train, {
    ...quiet,
    epochs: 25,
    batchSize: 16,
    seed: 7,
    optimizer: optimizers.adam({ learningRate: 0.02 }),
  });
  const [first, last] = [history.epochs[0].train, history.last!.train];
  ok(last.side.loss < 0.4 * first.side.loss, `${first.side.loss} to ${last.side.loss}`);
  ok(last.height.loss < 0.1 * first.height.loss, `${first.height.loss} to ${last.height.loss}`);
  const figures = await model.evaluate(twoTasks({ size: 96, seed: 2 }));
  ok(figures.side.accuracy > 0.9 && figures.height.r2 > 0.9, JSON.stringify(figures));
  model.dispose();
});

/** New weights after one step by hand: bare gradients of the sum of the losses, plain descent. */
async function stepByHand(
  model: ReturnType<typeof builtModel>,
  dataset: ReturnType<typeof twoTasks>,
  rate: number,
  clipNorm = Infinity,
): Promise<Record<string, number[]>> {
  const batch = dataset.batch(dataset.rows.map((_, at) => at));
  const { value, grads } = tf.variableGrads(() => {
    const outputs = model.outputs(batch.inputs);
    const losses = tasks.filter(({ name }) => batch.targets[name]).map((task) =>
      maskedMean(
        task.rowLosses(outputs[task.name], batch.targets[task.name]!),
        batch.masks[task.name],
      )
    );
    return losses.reduce((sum, loss) => sum.add(loss));
  });
  const gradients: Record<string, number[]> = {};
  for (const { name, variable } of model.namedVariables()) {
    const gradient = await grads[variable.name]?.data();
    gradients[name] = gradient ? Array.from(gradient) : new Array(variable.size).fill(0);
  }
  tf.dispose([value, grads]);
  batch.dispose();
  const norm = Math.hypot(...Object.values(gradients).flat());
  const factor = rate * Math.min(1, clipNorm / norm);
  const weights = await weightsOf(model);
  return Object.fromEntries(
    Object.entries(weights).map(([name, values]) => [
      name,
      values.map((weight, at) => weight - factor * gradients[name][at]),
    ]),
  );
}

function nearWeights(actual: Record<string, number[]>, expected: Record<string, number[]>): void {
  deepStrictEqual(Object.keys(actual), Object.keys(expected));
  for (const name of Object.keys(expected)) near(actual[name], expected[name], 1e-5, name);
}

testOnBackends("one step is the step made by hand, with and without missing labels", async () => {
  const whole = twoTasks({ size: 12 });
  const some = twoTasks({ size: 12, missing: 0.4 });
  const none = whole.withMask("side", new Array(12).fill(0));
  ok(some.labelCount("side") < 12 && some.labelCount("side") > 0);
  for (const clipNorm of [undefined, 0.5, 1000]) {
    for (const dataset of [whole, some]) {
      const model = builtModel();
      const expected = await stepByHand(model, dataset, 0.1, clipNorm);
      await fit(model, dataset, {
        ...quiet,
        epochs: 1,
        batchSize: 12,
        clipNorm,
        optimizer: optimizers.sgd({ learningRate: 0.1 }),
      });
      nearWeights(await weightsOf(model), expected);
      model.dispose();
    }
  }
  const model = builtModel();
  await rejects(fit(model, none, quiet), /no label at all for task "side"/);
  model.dispose();
});

testOnBackends("a task that is absent from a batch changes nothing of its own", async () => {
  // The first batch of 4 has labels of both tasks, the second has none of "side".
  const mask = [1, 1, 1, 1, 0, 0, 0, 0];
  const dataset = twoTasks({ size: 8 }).withMask("side", mask);
  const ordered: BatchSource<"point", "side" | "height"> = {
    name: "in order",
    size: 8,
    batches: ({ batchSize }) => dataset.batches({ batchSize }),
  };
  const seen: Record<string, number[]>[] = [];
  const model = builtModel();
  const history = await fit(model, ordered, {
    epochs: 1,
    batchSize: 4,
    optimizer: optimizers.adamW({ learningRate: 0.1 }),
    observer: { step: async () => void seen.push(await weightsOf(model)) },
  });
  const head = "task side/head/kernel";
  deepStrictEqual(seen[1][head], seen[0][head]);
  notDeepStrictEqual(seen[1]["task height/head/kernel"], seen[0]["task height/head/kernel"]);
  notDeepStrictEqual(
    seen[1]["shared/dense 1/2 dense/kernel"],
    seen[0]["shared/dense 1/2 dense/kernel"],
  );
  deepStrictEqual(history.steps.map(({ losses }) => Object.keys(losses)), [["side", "height"], [
    "height",
  ]]);
  model.dispose();
});

testOnCpu("the mean training loss counts labels, not batches", async () => {
  const dataset = twoTasks({ size: 10, missing: 0.5 });
  const model = builtModel();
  const expected = await model.evaluate(dataset);
  // So small a learning rate that the weights do not move.
  const optimizer = optimizers.sgd({ learningRate: 1e-30 });
  const history = await fit(model, dataset, { ...quiet, epochs: 1, batchSize: 3, optimizer });
  near([history.last!.train.side.loss], [expected.side.loss]);
  near([history.last!.train.height.loss], [expected.height.loss]);
  model.dispose();
});

testOnCpu("by-task batches hold one task each, in turns, over all examples", async () => {
  const dataset = twoTasks({ size: 10 });
  const model = smallModel();
  const history = await fit(model, dataset, {
    ...quiet,
    epochs: 2,
    batchSize: 4,
    batching: "by-task",
  });
  deepStrictEqual(
    history.steps.slice(0, 6).map(({ losses }) => Object.keys(losses).join()),
    ["side", "height", "side", "height", "side", "height"],
  );
  strictEqual(history.steps.length, 2 * 2 * 3);
  ok(Number.isFinite(history.last!.train.side.loss + history.last!.train.height.loss));
  model.dispose();
});

testOnCpu(
  "by-task batches go through the data in an order of their own for each task",
  async () => {
    const dataset = twoTasks({ size: 4 });
    const seeds: unknown[] = [];
    const source: BatchSource<"point", "side" | "height"> = {
      name: "stream",
      size: 4,
      batches(options) {
        // The shapes of the inputs are asked for without a seed.
        if (options.seed !== undefined) seeds.push(options.seed);
        return dataset.batches(options);
      },
    };
    const model = smallModel();
    await fit(model, source, { ...quiet, epochs: 1, batching: "by-task", seed: 3 });
    strictEqual(new Set(seeds).size, 2);
    model.dispose();
  },
);

testOnCpu("the same seed gives the same run, another seed another", async () => {
  const run = async (seed: number) => {
    const model = smallModel({ dropout: 0.3 });
    await fit(model, twoTasks(), { ...quiet, epochs: 2, batchSize: 10, seed });
    const weights = await weightsOf(model);
    model.dispose();
    return weights;
  };
  const first = await run(1);
  deepStrictEqual(await run(1), first);
  notDeepStrictEqual(await run(2), first);
});

testOnCpu(
  "the schedule multiplies the learning rate, epoch by epoch and step by step",
  async () => {
    const model = smallModel();
    const history = await fit(model, twoTasks({ size: 8 }), {
      ...quiet,
      epochs: 3,
      batchSize: 4,
      optimizer: optimizers.sgd({ learningRate: 0.1 }),
      schedule: schedules.cosine(),
    });
    near(
      history.epochs.map(({ learningRate }) => learningRate),
      [1, 3, 5].map((step) => 0.1 * (1 + Math.cos(Math.PI * step / 6)) / 2),
      1e-9,
    );
    model.dispose();
  },
);

testOnCpu("observers are called in order, and told what the history holds", async () => {
  const calls: string[] = [];
  const model = smallModel();
  const train = twoTasks({ size: 10 });
  const history = await fit(model, train, {
    epochs: 2,
    batchSize: 5,
    validation: train,
    observer: {
      start: (plan) => void calls.push(`start ${JSON.stringify(plan)}`),
      step: ({ epoch, step, totalSteps }) => void calls.push(`step ${epoch} ${step}/${totalSteps}`),
      epoch: async ({ epoch, step, validation }) => {
        await Promise.resolve();
        calls.push(`epoch ${epoch} ${step} ${Object.keys(validation!)}`);
      },
      end: ({ stopped }) => void calls.push(`end ${stopped}`),
    },
  });
  deepStrictEqual(calls, [
    'start {"tasks":["side","height"],"epochs":2,"stepsPerEpoch":2,"stepsDone":0}',
    "step 1 1/4",
    "step 1 2/4",
    "epoch 1 2 side,height",
    "step 2 3/4",
    "step 2 4/4",
    "epoch 2 4 side,height",
    "end finished",
  ]);
  deepStrictEqual(history.epochs[1].validation, await model.evaluate(train));
  model.dispose();
});

testOnCpu("an observer that fails ends training with its error and leaves no tensor", async () => {
  const model = smallModel();
  const failing = { step: () => Promise.reject(new Error("mine")) };
  await rejects(fit(model, twoTasks(), { observer: failing }), /mine/);
  model.dispose();
});

testOnCpu("the run record says how to make the run again", async () => {
  const model = smallModel();
  const { run } = await fit(model, twoTasks(), { ...quiet, epochs: 1, seed: 3, clipNorm: 1 });
  const { configuration } = run;
  deepStrictEqual(configuration.data, { name: "two tasks", examples: 48 });
  deepStrictEqual(configuration.tasks, tasks.map((task) => task.configuration));
  deepStrictEqual(
    [
      run.seed,
      configuration.modelSeed,
      configuration.clipNorm,
      configuration.batching,
      run.backend,
    ],
    [3, 3, 1, "joint", "cpu"],
  );
  strictEqual(run.versions["tensorflow.js"], tf.version.tfjs);
  ok(!Number.isNaN(Date.parse(run.startedAt)));
  model.dispose();
});

testOnCpu("task names that look like numbers keep their weights apart", async () => {
  const { inputs, targets } = twoTasks({ size: 6 });
  const dataset = MultiTaskDataset.from({
    inputs,
    targets: { "9": targets.side, "10": targets.side },
  });
  const model = hardSharing({
    encoder: encoders.mlp({ units: [2] }),
    tasks: [binary("10"), binary("9")],
  });
  const history = await fit(model, dataset, {
    ...quiet,
    epochs: 1,
    balancer: {
      name: "fixed",
      family: "losses",
      configuration: {},
      combine: ([ten, nine]) => ten.mul(3).add(nine) as tf.Scalar,
      report: () => ({ weights: [3, 1] }),
    },
  });
  strictEqual(history.steps[0].weights?.["10"], 3);
  strictEqual(history.steps[0].weights?.["9"], 1);
  model.dispose();
});

testOnCpu("what cannot be trained is refused before the first step, by name", async () => {
  const good = twoTasks({ size: 6 });
  const { inputs, targets } = good;
  const from = (parts: Partial<typeof good>) =>
    MultiTaskDataset.from({ name: "mine", inputs, targets, ...parts });
  const wrongClass = { values: Int32Array.of(0, 1, 0, 1, 2, 0), shape: [] };
  const infinite = { values: Float32Array.of(0, 1, 0, Infinity, 2, 0), shape: [] };
  const wide = { values: new Float32Array(12), shape: [2] };
  const flat = { values: new Float32Array(6), shape: [] };
  const refuse = async (data: typeof good, options: FitOptions, say: RegExp) => {
    const model = smallModel();
    await rejects(fit(model, data, { ...quiet, ...options }), say);
    strictEqual(model.built, false);
  };
  await refuse(good.take(0), {}, /training data "two tasks" are empty; check the split/);
  await refuse(good, { validation: good.take(0) }, /validation data "two tasks" are empty/);
  const lacking = from({ targets: { side: targets.side } as typeof targets });
  await refuse(lacking, {}, /"mine" have no target "height"; they have "side"/);
  await refuse(
    from({ targets: { ...targets, side: wrongClass } }),
    {},
    /"mine" do not fit task "side" \(classification\): the label in row 4 is 2.*0 to 1/,
  );
  const masked = { ...wrongClass, mask: Uint8Array.of(0, 0, 1, 1, 1, 1) };
  await refuse(from({ targets: { ...targets, side: masked } }), {}, /the label in row 4 is 2/);
  await refuse(
    from({ targets: { ...targets, height: infinite } }),
    {},
    /task "height" \(regression\): value 3 is Infinity/,
  );
  await refuse(
    from({ targets: { ...targets, height: wide } }),
    {},
    /shape \[\] per row, not \[2\]/,
  );
  await refuse(
    good,
    { validation: from({ targets: { ...targets, side: wrongClass } }) },
    /validation data "mine" do not fit task "side"/,
  );
  const images = MultiTaskDataset.from({
    name: "pictures",
    inputs: { point: { values: new Float32Array(24), shape: [2, 2] } },
    targets: { ...targets, side: wrongClass },
  });
  await rejects(
    fit(smallModel(), data.augment(images, { input: "point", seed: 1 }), quiet),
    /"pictures" do not fit task "side" \(classification\): the label in row 4 is 2/,
  );
  await refuse(
    good,
    { validation: from({ inputs: { point: flat } }) },
    /validation data "mine" have the input "point" \[\], but the training data have it as \[2\]/,
  );
  const renamed = from({ inputs: { dot: inputs.point } as unknown as typeof inputs });
  await refuse(good, { validation: renamed }, /"mine" have no input "point"/);
  await refuse(good, { epochs: 0 }, /epochs must be a whole number from 1, but is 0/);
  await refuse(good, { batchSize: 2.5 }, /batchSize must be a whole number from 1, but is 2\.5/);
  await refuse(good, { clipNorm: 0 }, /clipNorm must be above 0/);
  await refuse(good, { checkpoint: { folder: "x", every: 0 } }, /checkpoint\.every.*from 1.*is 0/);
  await refuse(good, { earlyStopping: { patience: 2 } }, /earlyStopping needs validation data/);
});

testOnCpu("a labelled fill value under a mask does no harm", async () => {
  const { inputs, targets } = twoTasks({ size: 6 });
  const filled = {
    values: Float32Array.of(1, 1e30, 2, Infinity, 0, 1),
    shape: [],
    mask: Uint8Array.of(1, 0, 1, 0, 1, 1),
  };
  const dataset = MultiTaskDataset.from({ inputs, targets: { ...targets, height: filled } });
  const model = smallModel();
  const history = await fit(model, dataset, { ...quiet, epochs: 1 });
  ok(Number.isFinite(history.last!.train.height.loss));
  ok(Number.isFinite((await model.evaluate(dataset)).height.r2));
  model.dispose();
});

testOnCpu("a stream of batches trains as a data set does", async () => {
  const dataset = twoTasks({ size: 9 });
  const stream: BatchSource<"point", "side" | "height"> = {
    name: dataset.name,
    size: dataset.size,
    *batches(options): Generator<Batch<"point", "side" | "height">> {
      yield* dataset.batches(options);
    },
  };
  const [first, second] = [smallModel(), smallModel()];
  await fit(first, dataset, { ...quiet, epochs: 2, batchSize: 4 });
  await fit(second, stream, { ...quiet, epochs: 2, batchSize: 4 });
  deepStrictEqual(await weightsOf(first), await weightsOf(second));
  first.dispose();
  second.dispose();
});
