import { ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { computeUpdate, mgda, pcgrad } from "../../lib/balancing/mod.ts";

/** Gramian and shared gradient of a small convolutional network with four heads. */
async function measure(keepBytes?: number) {
  const random = (shape: number[], seed: number) =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.5, "float32", seed)));
  const image = tf.randomNormal([4, 8, 8, 1], 0, 1, "float32", 1) as tf.Tensor4D;
  const shared = [random([3, 3, 1, 2], 2), random([2], 3), random([18, 6], 4)];
  const heads = [5, 6, 7, 8].map((seed) => random([6, 3], seed));
  const before = tf.memory().numTensors;
  const update = await computeUpdate({
    balancer: keepBytes === undefined ? mgda({ on: "representation" }) : pcgrad(),
    present: [0, 1, 2, 3],
    forward() {
      const maps = tf.conv2d(image, shared[0] as tf.Tensor as tf.Tensor4D, 1, "valid");
      const pooled = tf.maxPool(maps.add(shared[1]) as tf.Tensor4D, 2, 2, "valid").relu();
      const weights = shared[2] as tf.Tensor as tf.Tensor2D;
      const representation = tf.matMul(pooled.reshape([4, 18]), weights).tanh() as tf.Tensor2D;
      const losses = heads.map((head, task) => {
        const output = tf.matMul(representation, head as tf.Tensor as tf.Tensor2D);
        return output.sub(task).square().mean() as tf.Scalar;
      });
      return { losses, representation };
    },
    shared,
    own: heads.map((head) => [head]),
    keepBytes,
  });
  strictEqual(tf.memory().numTensors, before + update.gradients.size);
  const gradients: number[] = [];
  for (const variable of [...shared, ...heads]) {
    gradients.push(...await update.gradients.get(variable)!.data());
  }
  tf.dispose([...update.gradients.values(), image, ...shared, ...heads]);
  return [...update.gramian!.flat(), ...gradients];
}

for (const keepBytes of [2 ** 20, 0, undefined]) {
  const way = keepBytes === undefined ? "on the representation" : keepBytes ? "kept" : "streamed";
  Deno.test(`task gradients on wasm are those on cpu (${way})`, async () => {
    await tf.setBackend("cpu");
    const expected = await measure(keepBytes);
    await useBackend({ backend: "wasm", threads: 1 });
    const found = await measure(keepBytes);
    expected.forEach((value, at) =>
      ok(Math.abs(found[at] - value) < 1e-4 * (1 + Math.abs(value)), `${found[at]} and ${value}`)
    );
    await tf.setBackend("cpu");
  });
}
