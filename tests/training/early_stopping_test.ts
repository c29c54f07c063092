import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { type EarlyStopping, type Evaluation, fit } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { smallModel, twoTasks, weightsOf } from "../_two_tasks.ts";

/** A figure that takes these values, one each epoch. */
function scripted(...values: number[]) {
  let epoch = 0;
  return () => values[epoch++];
}

async function run(earlyStopping: EarlyStopping, epochs = 8) {
  const model = smallModel();
  const after: Record<string, number[]>[] = [];
  const history = await fit(model, twoTasks({ size: 16 }), {
    epochs,
    batchSize: 8,
    validation: twoTasks({ size: 8, seed: 2 }),
    earlyStopping,
    observer: { epoch: async () => void after.push(await weightsOf(model)) },
  });
  const weights = await weightsOf(model);
  model.dispose();
  return { history, after, weights };
}

testOnBackends("training stops when the patience has run out, with the best weights", async () => {
  const watch = scripted(5, 3, 4, 3, 9, 9, 9);
  const { history, after, weights } = await run({ patience: 3, watch });
  strictEqual(history.stopped, "early stopping");
  strictEqual(history.epochs.length, 5);
  strictEqual(history.bestEpoch, 2);
  deepStrictEqual(weights, after[1]);
});

testOnCpu("a better figure starts the patience anew, an equal one does not", async () => {
  const { history } = await run({ patience: 2, watch: scripted(5, 6, 4, 4, 5, 1) });
  strictEqual(history.epochs.length, 5);
  strictEqual(history.bestEpoch, 3);
});

testOnCpu(
  "training that uses all its epochs is finished, and has the best weights too",
  async () => {
    const { history, after, weights } = await run({ patience: 5, watch: scripted(5, 3, 4) }, 3);
    strictEqual(history.stopped, "finished");
    strictEqual(history.bestEpoch, 2);
    deepStrictEqual(weights, after[1]);
  },
);

testOnCpu("restoreBest: false keeps the last weights", async () => {
  const watch = scripted(1, 2, 3);
  const { history, after, weights } = await run({ patience: 2, watch, restoreBest: false });
  strictEqual(history.bestEpoch, 1);
  deepStrictEqual(weights, after[2]);
});

testOnCpu("a figure that is not a number is never the best", async () => {
  const { history } = await run({ patience: 2, watch: scripted(NaN, 7, NaN, 8) });
  strictEqual(history.bestEpoch, 2);
  strictEqual(history.epochs.length, 4);
});

testOnCpu("the default watches the sum of the validation losses, and nothing else", async () => {
  const sums: number[] = [];
  const watch = (validation: Evaluation) => {
    deepStrictEqual(Object.keys(validation), ["side", "height"]);
    const sum = validation.side.loss + validation.height.loss;
    sums.push(sum);
    return sum;
  };
  const [own, standard] = [await run({ patience: 3, watch }), await run({ patience: 3 })];
  deepStrictEqual(standard.weights, own.weights);
  strictEqual(standard.history.bestEpoch, own.history.bestEpoch);
  deepStrictEqual(
    own.history.epochs.map(({ validation }) => validation!.side.loss + validation!.height.loss),
    sums,
  );
  ok(
    own.history.epochs.every(({ train, validation }) => train.side.loss !== validation!.side.loss),
  );
});

testOnCpu("the patience is a whole number from 1", async () => {
  for (const patience of [0, 1.5, NaN]) {
    await rejects(run({ patience }), /earlyStopping.patience.*whole number from 1/);
  }
});
