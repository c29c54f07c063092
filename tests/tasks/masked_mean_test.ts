import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { ctc, maskedMean, taskFromConfiguration } from "polytask";
import { testOnBackends } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { lossesOf } from "./_row_losses.ts";

testOnBackends("what an unlabelled row costs does not matter, infinite or no number", async () => {
  const mask = tf.tensor1d([1, 0, 1, 0]);
  const losses = tf.tensor1d([1, Infinity, 4, NaN]);
  near(await take(maskedMean(losses, mask)), [2.5]);
  deepStrictEqual(
    await take(tf.grad((x) => maskedMean(x as tf.Tensor1D, mask))(losses)),
    [0.5, 0, 0.5, 0],
  );
  tf.dispose([losses, mask]);
});

testOnBackends("an infinite loss on a labelled row shows", async () => {
  const [mask, losses] = [tf.tensor1d([1, 0]), tf.tensor1d([Infinity, 2])];
  deepStrictEqual(await take(maskedMean(losses, mask)), [Infinity]);
  tf.dispose([losses, mask]);
});

const impossible = () => ({
  output: tf.tensor3d([[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]]]),
  // The first text needs three frames.
  target: tf.tensor2d([[0, 0], [0, 1]], [2, 2], "int32"),
});

testOnBackends(
  "an unlabelled row that CTC cannot spell leaves loss and gradient alone",
  async () => {
    const { output, target } = impossible();
    const mask = tf.tensor1d([0, 1]);
    const task = ctc("text", { symbols: ["a", "b"] });
    const { losses, gradient } = await lossesOf(task, output, target);
    const loss = (z: tf.Tensor) => tf.tidy(() => maskedMean(task.rowLosses(z, target), mask));
    near(await take(loss(output)), [losses[1]]);
    near(await take(tf.grad(loss)(output)), gradient);
    tf.dispose([output, target, mask]);
  },
);

testOnBackends(
  "with zeroInfinity a text that does not fit costs 0 and teaches nothing",
  async () => {
    const { output, target } = impossible();
    const plain = await lossesOf(ctc("text", { symbols: ["a", "b"] }), output, target);
    const task = ctc("text", { symbols: ["a", "b"], zeroInfinity: true });
    const found = await lossesOf(task, output, target);
    strictEqual(plain.losses[0], Infinity);
    deepStrictEqual(found.losses, [0, plain.losses[1]]);
    near(found.gradient, plain.gradient);
    deepStrictEqual(found.gradient.slice(0, 6).map(Math.abs), [0, 0, 0, 0, 0, 0]);
    // The row counts in the mean, as in PyTorch.
    near(await take(tf.tidy(() => maskedMean(task.rowLosses(output, target)))), [
      plain.losses[1] / 2,
    ]);
    strictEqual(taskFromConfiguration(task.configuration).configuration.zeroInfinity, true);
    tf.dispose([output, target]);
  },
);
