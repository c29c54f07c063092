import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { binary, classification, maskedMean, multiLabel, regression } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** -log softmax(logits)[label], with the largest logit taken off first. */
function crossEntropy(logits: readonly number[], label: number): number {
  const top = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
  return Math.log(sum) - (logits[label] - top);
}

/** log(1 + exp(z)) - z y, for any z. */
function logitLoss(z: number, y: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - z * y;
}

/** The gradient of the sum of the row losses for the output. */
function lossGradient(
  rowLosses: (output: tf.Tensor, target: tf.Tensor) => tf.Tensor1D,
  output: tf.Tensor,
  target: tf.Tensor,
): tf.Tensor {
  return tf.grad((z: tf.Tensor) => rowLosses(z, target).sum())(output);
}

testOnBackends("cross-entropy of one class agrees with float64", async () => {
  const rows = [[1, 2, 3], [0, 0, 0], [-1.5, 0.25, 4]];
  const labels = [0, 2, 1];
  const { rowLosses } = classification("digit", { classes: 3 });
  const output = tf.tensor2d(rows);
  const target = tf.tensor1d(labels, "int32");
  near(await take(rowLosses(output, target)), rows.map((row, at) => crossEntropy(row, labels[at])));
  // log(e^1 + e^2 + e^3) - 1 = 2.40760596444438 and log 3 by hand.
  near((await take(rowLosses(output, target))).slice(0, 2), [2.40760596444438, Math.log(3)]);
  tf.dispose([output, target]);
});

testOnBackends("cross-entropy of one class stays finite for extreme logits", async () => {
  const { rowLosses } = classification("digit", { classes: 2 });
  const output = tf.tensor2d([[1e4, -1e4], [-1e4, 1e4], [1e30, 1e30]]);
  const target = tf.tensor1d([0, 0, 1], "int32");
  near(await take(rowLosses(output, target)), [0, 2e4, Math.log(2)]);
  near(await take(lossGradient(rowLosses, output, target)), [0, 0, -1, 1, 0.5, -0.5]);
  tf.dispose([output, target]);
});

testOnBackends("the gradient of the cross-entropy is softmax minus one-hot", async () => {
  const { rowLosses } = classification("digit", { classes: 3 });
  const output = tf.tensor2d([[0.5, -1, 2]]);
  const target = tf.tensor1d([1], "int32");
  const powers = [0.5, -1, 2].map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  near(
    await take(lossGradient(rowLosses, output, target)),
    powers.map((power, at) => power / sum - Number(at === 1)),
  );
  tf.dispose([output, target]);
});

testOnBackends("binary loss and gradient agree with float64, also at 0 and far out", async () => {
  const logits = [0, 0, 0.3, -2, 40, -40, 1e4, -1e4];
  const labels = [0, 1, 1, 0, 0, 1, 1, 1];
  const { rowLosses } = binary("income");
  const output = tf.tensor2d(logits, [8, 1]);
  const target = tf.tensor1d(labels);
  near(await take(rowLosses(output, target)), logits.map((z, at) => logitLoss(z, labels[at])));
  near(
    await take(lossGradient(rowLosses, output, target)),
    logits.map((z, at) => sigmoid(z) - labels[at]),
  );
  tf.dispose([output, target]);
});

testOnBackends("multi-label loss is the mean over the labels of a row", async () => {
  const { rowLosses } = multiLabel("genres", { count: 2 });
  const output = tf.tensor2d([[0, 2], [-3, 1]]);
  const target = tf.tensor2d([[1, 1], [0, 1]]);
  near(await take(rowLosses(output, target)), [
    (logitLoss(0, 1) + logitLoss(2, 1)) / 2,
    (logitLoss(-3, 0) + logitLoss(1, 1)) / 2,
  ]);
  tf.dispose([output, target]);
});

testOnBackends("squared error has no factor 1/2 and is the mean over outputs", async () => {
  const one = regression("slant");
  const output = tf.tensor2d([[1], [2.5]]);
  const target = tf.tensor1d([3, 2]);
  near(await take(one.rowLosses(output, target)), [4, 0.25]);
  near(await take(lossGradient(one.rowLosses, output, target)), [-4, 1]);
  const two = regression("place", { outputs: 2 });
  const outputs = tf.tensor2d([[1, 5]]);
  const targets = tf.tensor2d([[2, 2]]);
  near(await take(two.rowLosses(outputs, targets)), [5]);
  near(await take(lossGradient(two.rowLosses, outputs, targets)), [-1, 3]);
  tf.dispose([output, target, outputs, targets]);
});

testOnBackends("the masked mean counts labelled rows only, in value and gradient", async () => {
  const losses = tf.tensor1d([1, 2, 4]);
  const mask = tf.tensor1d([1, 0, 1]);
  near(await take(maskedMean(losses)), [7 / 3]);
  near(await take(maskedMean(losses, mask)), [2.5]);
  near(await take(tf.grad((x) => maskedMean(x as tf.Tensor1D, mask))(losses)), [0.5, 0, 0.5]);
  tf.dispose([losses, mask]);
});

testOnCpu("losses agree with float64 for any logits", async () => {
  const logits = fc.array(fc.float({ min: -80, max: 80, noNaN: true }), {
    minLength: 4,
    maxLength: 4,
  });
  const task = classification("digit", { classes: 4 });
  const labels = multiLabel("labels", { count: 4 });
  await fc.assert(
    fc.asyncProperty(logits, fc.integer({ min: 0, max: 3 }), async (row, label) => {
      const output = tf.tensor2d([row]);
      const index = tf.tensor1d([label], "int32");
      near(await take(task.rowLosses(output, index)), [crossEntropy(row, label)], 1e-5);
      const chosen = tf.oneHot(index, 4);
      near(
        await take(labels.rowLosses(output, chosen)),
        [row.reduce((sum, z, at) => sum + logitLoss(z, Number(at === label)), 0) / 4],
      );
      tf.dispose([output, index, chosen]);
    }),
    { seed: 7, numRuns: 60 },
  );
});

testOnBackends(
  "the focal loss weighs a row by how wrong it is, also with its gradient",
  async () => {
    const rows = [[1, 2, -1], [0, 0, 0], [9, -9, 0]];
    const labels = [1, 2, 0];
    const output = tf.tensor2d(rows);
    const target = tf.tensor1d(labels, "int32");
    for (const gamma of [0, 0.5, 2]) {
      const { rowLosses } = classification("digit", { classes: 3, loss: "focal", gamma });
      const focal = (row: readonly number[], label: number) => {
        const loss = crossEntropy(row, label);
        return (1 - Math.exp(-loss)) ** gamma * loss;
      };
      near(await take(rowLosses(output, target)), rows.map((row, at) => focal(row, labels[at])));
      const slope = rows.flatMap((row, at) =>
        row.map((_, k) => {
          const moved = (by: number) => focal(row.map((z, j) => j === k ? z + by : z), labels[at]);
          return (moved(1e-4) - moved(-1e-4)) / 2e-4;
        })
      );
      near(await take(lossGradient(rowLosses, output, target)), slope, 2e-4, `gamma ${gamma}`);
    }
    tf.dispose([output, target]);
  },
);
