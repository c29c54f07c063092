import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Batch, type BatchSource, evaluate, MultiTaskDataset } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { builtModel, twoTasks, weightsOf } from "../_two_tasks.ts";

/** Loss and metrics of both tasks, worked out in float64 from the outputs of the model. */
async function direct(
  model: ReturnType<typeof builtModel>,
  dataset: ReturnType<typeof twoTasks>,
): Promise<number[]> {
  const batch = dataset.batch(dataset.rows.map((_, at) => at));
  const outputs = model.outputs(batch.inputs);
  batch.dispose();
  const [side, height] = [await take(outputs.side), await take(outputs.height)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const classes = dataset.target("side");
  const crossEntropies: number[] = [];
  const hits: number[] = [];
  classes.values.forEach((label, row) => {
    if (classes.mask && !classes.mask[row]) return;
    const [a, b] = side.slice(2 * row, 2 * row + 2);
    crossEntropies.push(Math.log(Math.exp(a) + Math.exp(b)) - [a, b][label]);
    hits.push(Number(Number(b > a) === label));
  });
  const numbers = dataset.target("height");
  const rows = height.map((_, row) => row).filter((row) => numbers.mask?.[row] ?? 1);
  const targets = rows.map((row) => numbers.values[row]);
  const errors = rows.map((row) => height[row] - numbers.values[row]);
  const square = mean(errors.map((error) => error ** 2));
  const spread = mean(targets.map((value) => (value - mean(targets)) ** 2));
  return [
    mean(crossEntropies),
    mean(hits),
    square,
    Math.sqrt(square),
    mean(errors.map(Math.abs)),
    1 - square / spread,
  ];
}

for (const missing of [0, 0.4]) {
  testOnBackends(`evaluate equals a direct computation, ${missing} missing`, async () => {
    const model = builtModel();
    const before = await weightsOf(model);
    const dataset = twoTasks({ size: 37, missing });
    const expected = await direct(model, dataset);
    for (const batchSize of [1, 7, 37, 256]) {
      const { side, height } = await evaluate(model, dataset, { batchSize });
      const { loss, rmse, mae, r2 } = height;
      near([side.loss, side.accuracy, loss, rmse, mae, r2], expected, 1e-5, `by ${batchSize}`);
    }
    deepStrictEqual(await weightsOf(model), before);
    model.dispose();
  });
}

testOnCpu("the method of the model is the function", async () => {
  const model = builtModel();
  const dataset = twoTasks({ size: 9 });
  deepStrictEqual(await model.evaluate(dataset), await evaluate(model, dataset));
  model.dispose();
});

testOnCpu("dropout is off, so that two evaluations agree", async () => {
  const model = builtModel();
  const dataset = twoTasks({ size: 9 });
  deepStrictEqual(await model.evaluate(dataset), await model.evaluate(dataset));
  model.dispose();
});

testOnCpu("a task without any label has no figures; the others have theirs", async () => {
  const model = builtModel();
  const dataset = twoTasks({ size: 5 }).withMask("side", [0, 0, 0, 0, 0]);
  const { side, height } = await model.evaluate(dataset);
  ok(Number.isNaN(side.loss) && Number.isNaN(side.accuracy));
  ok(height.loss > 0);
  model.dispose();
});

testOnCpu(
  "data without a target, without examples or with impossible labels are refused",
  async () => {
    const model = builtModel();
    const data = twoTasks({ size: 5 });
    const mine = (labels: number[], mask?: Uint8Array) =>
      MultiTaskDataset.from({
        name: "mine",
        inputs: data.inputs,
        targets: { ...data.targets, side: { values: Int32Array.from(labels), shape: [], mask } },
      });
    // The types refuse it too, so it is given as data of unknown names.
    const oneTask: BatchSource = data.withTargets("side");
    await rejects(model.evaluate(oneTask), /"two tasks" have no target "height"; they have "side"/);
    await rejects(model.evaluate(data.take(0)), /The data "two tasks" are empty/);
    await rejects(
      model.evaluate(mine([0, 1, 0, 1, 5]), { batchSize: 2 }),
      /"mine" do not fit task "side" \(classification\) in batch 3: the label in row 0 is 5/,
    );
    const stream: BatchSource = {
      name: "stream",
      size: 5,
      batches: (at) => mine([0, 1, 0, 1, 5]).batches(at),
    };
    await rejects(model.evaluate(stream), /"stream" do not fit task "side".* in batch 1/);
    // What a missing label holds does not matter.
    ok((await model.evaluate(mine([0, 1, 0, 1, 5], Uint8Array.of(1, 1, 1, 1, 0)))).side.loss > 0);
    model.dispose();
  },
);

testOnCpu("batches that do not fit are refused, and nothing is left behind", async () => {
  const model = builtModel();
  const dataset = MultiTaskDataset.from({
    inputs: { point: { values: new Float32Array(9), shape: [3] } },
    targets: {
      side: { values: new Int32Array(3), shape: [] },
      height: { values: new Float32Array(3), shape: [] },
    },
  });
  await rejects(model.evaluate(dataset), /"point".*\[batch, 2\], but has \[3, 3\]/);
  model.dispose();
});

testOnCpu("data may come from anywhere that gives batches", async () => {
  const model = builtModel();
  const dataset = twoTasks({ size: 8 });
  let released = 0;
  const source: BatchSource<"point", "side" | "height"> = {
    name: "stream",
    size: 8,
    *batches(options): Generator<Batch<"point", "side" | "height">> {
      for (const batch of dataset.batches(options)) {
        yield {
          ...batch,
          dispose() {
            released++;
            batch.dispose();
          },
        };
      }
    },
  };
  deepStrictEqual(
    await evaluate(model, source, { batchSize: 3 }),
    await evaluate(model, dataset, { batchSize: 3 }),
  );
  strictEqual(released, 3);
  strictEqual(tf.memory().numTensors, model.namedVariables().length);
  model.dispose();
});
