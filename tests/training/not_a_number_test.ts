import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  encoders,
  fit,
  hardSharing,
  History,
  MultiTaskDataset,
  optimizers,
  type Task,
  TrainingError,
} from "polytask";
import { mgda, nashMtl, pcgrad } from "../../lib/balancing/mod.ts";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { smallModel, tasks, twoTasks, weightsOf } from "../_two_tasks.ts";

/** A set of 12 whose height is too large for a float32 square in its last row. */
function withGiant() {
  const { inputs, targets } = twoTasks({ size: 12 });
  const heights = targets.height.values.slice() as Float32Array;
  heights[11] = 1e30;
  return MultiTaskDataset.from({
    inputs,
    targets: { ...targets, height: { ...targets.height, values: heights } },
  });
}

testOnBackends(
  "a loss that is not finite ends training in words, with the weights as they were",
  async () => {
    const model = smallModel();
    const seen: Record<string, number[]>[] = [];
    await rejects(
      fit(model, withGiant(), {
        epochs: 3,
        batchSize: 4,
        seed: 1,
        observer: { step: async () => void seen.push(await weightsOf(model)) },
      }),
      (error: Error) => {
        const found =
          /"height" is Infinity at step (\d) \(epoch 1, batch (\d) of 3\); the weights are those before this step/
            .exec(error.message);
        ok(found, error.message);
        deepStrictEqual(found.slice(1), [`${seen.length + 1}`, `${seen.length + 1}`]);
        return true;
      },
    );
    const weights = await weightsOf(model);
    if (seen.length > 0) deepStrictEqual(weights, seen[seen.length - 1]);
    ok(Object.values(weights).flat().every(Number.isFinite));
    model.dispose();
  },
);

testOnCpu("the history until a loss is no number is on the error", async () => {
  const model = smallModel();
  const done: number[] = [];
  const options = { epochs: 20, batchSize: 8, optimizer: optimizers.sgd({ learningRate: 30 }) };
  const error = await fit(model, twoTasks(), {
    ...options,
    observer: { step: ({ step }) => void done.push(step) },
  }).catch((error) => error);
  ok(error instanceof TrainingError, `${error}`);
  const { steps, stopped, tasks: names, epochs } = error.history;
  ok(done.length > 1);
  deepStrictEqual(steps.map(({ step }) => step), done);
  deepStrictEqual([stopped, names], ["not a number", ["side", "height"]]);
  deepStrictEqual(epochs.length, Math.floor(done.length / 6));
  ok(steps.at(-1)!.losses.height > steps[0].losses.height);
  const restored = History.fromJSON(JSON.parse(JSON.stringify(error.history)));
  deepStrictEqual(restored.steps, steps);
  model.dispose();
});

testOnCpu("the guard also speaks before a balancer that looks at gradients", async () => {
  for (const balancer of [mgda(), nashMtl(), pcgrad()]) {
    const model = smallModel();
    await rejects(
      fit(model, withGiant(), { epochs: 1, batchSize: 12, balancer, observer: false }),
      /The loss of task "height" is Infinity at step 1 \(epoch 1, batch 1 of 1\)/,
    );
    ok(Object.values(await weightsOf(model)).flat().every(Number.isFinite));
    model.dispose();
  }
});

testOnCpu("a learning rate that is far too high is named as a reason", async () => {
  const model = smallModel();
  const optimizer = optimizers.sgd({ learningRate: 1e6 });
  await rejects(
    fit(model, twoTasks(), { epochs: 20, batchSize: 8, optimizer, observer: false }),
    /is (NaN|Infinity) at step \d+ \(epoch \d+, batch \d of 6\).*lower learning rate or clipNorm/,
  );
  model.dispose();
});

/** A regression whose loss is a number while its gradient is not: the root at zero. */
const rooted: Task<"height"> = {
  ...tasks[1],
  rowLosses: (output, target) =>
    tf.tidy(() => tf.mul(target.as1D(), 0).sqrt().add(output.as1D().mul(0).sqrt()) as tf.Tensor1D),
};

testOnCpu("weights that are no longer numbers are found at the end of the epoch", async () => {
  const model = hardSharing({ encoder: encoders.mlp({ units: [2] }), tasks: [rooted] });
  await rejects(
    fit(model, twoTasks({ size: 4 }), { epochs: 2, batchSize: 4, observer: false }),
    /"shared\/dense 1\/2 dense\/kernel" is no longer made of numbers at the end of epoch 1/,
  );
  model.dispose();
});

testOnCpu("the guard does not call weights good that are not", async () => {
  const model = hardSharing({ encoder: encoders.mlp({ units: [2] }), tasks: [rooted] });
  await rejects(
    fit(model, twoTasks({ size: 4 }), { epochs: 2, batchSize: 2, observer: false }),
    /"height" is NaN at step 2 .*"shared.*" has not been made of numbers since an earlier step/,
  );
  model.dispose();
});
