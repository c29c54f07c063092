import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { checkFold, dense, type OfRows } from "./_folding.ts";
import { imageShape, randomNetwork } from "./_random_networks.ts";

const NETWORKS = 150;

testOnCpu("random networks give the same in not more operations", async () => {
  const left = { before: 0, after: 0 };
  for (let seed = 0; seed < NETWORKS; seed++) {
    const { kernels } = await checkFold(imageShape, randomNetwork(seed), `network ${seed}`);
    left.before += kernels.before.Multiply ?? 0;
    left.after += kernels.after.Multiply ?? 0;
  }
  // Not a network that is never folded.
  strictEqual(left.after < 0.6 * left.before, true, `${left.before} -> ${left.after}`);
});

testOnBackends(
  "nothing is computed twice, and no reshaping that changes nothing is left",
  async () => {
    const run: OfRows = (x) =>
      tf.tidy(() => {
        const shifted = [1, 2].map(() => x.reshape([-1, 4]).square().add(1));
        return shifted[0].mul(shifted[1]).reshape([-1, 2, 2]).reshape([-1, 4]);
      });
    const { kernels } = await checkFold([4], run);
    deepStrictEqual(kernels.after, { Square: 1, Add: 1, Multiply: 1 });
  },
);

testOnBackends("offsets in a row are one, also through pools", async () => {
  const run: OfRows = (x) =>
    tf.tidy(() => {
      const filter = tf.randomNormal([3, 3, 3, 2], 0, 1, "float32", 1) as tf.Tensor4D;
      const shifted = tf.conv2d(x as tf.Tensor4D, filter, 1, "same").add([1, 2]);
      const pooled = tf.maxPool(shifted as tf.Tensor4D, 2, 2, "same");
      return tf.avgPool(pooled, 2, 1, "same").sub([3, 5]).tanh();
    });
  const { kernels, numbers } = await checkFold(imageShape, run);
  strictEqual((kernels.after.Add ?? 0) + (kernels.after.Sub ?? 0), 1);
  strictEqual(numbers.after, 3 * 3 * 3 * 2 + 2);
  const apart: OfRows[] = [
    (x) => dense(x, 1).add([1, 2, 3, 4]).relu().add([1, -2, 3, -4]).tanh(),
    (x) => dense(x, 1).add([1, 2, 3, 4]).add(tf.ones([1, 1, 4])).mean(1),
  ];
  for (const each of apart) {
    strictEqual((await checkFold([4], (x) => tf.tidy(() => each(x)))).kernels.after.Add, 2);
  }
});

testOnBackends("products in a row are one where that takes not more numbers", async () => {
  const [wide, narrow] = [[4, 9, 3], [4, 1, 3]].map(([inputs, middle, outputs]): OfRows => (x) =>
    tf.tidy(() => {
      const sizes = [[inputs, middle], [middle, outputs]] as const;
      return sizes.reduce(
        (value, size, at) =>
          tf.matMul(value as tf.Tensor2D, tf.randomNormal([...size], 0, 1, "float32", at + 1)),
        x,
      ).tanh();
    })
  );
  const products = async (run: OfRows) => (await checkFold([4], run)).kernels.after.BatchMatMul;
  strictEqual(await products(wide), 1);
  strictEqual(await products(narrow), 2);
  const parts: OfRows = (x) =>
    tf.tidy(() => {
      const [first, last] = [x.slice([0, 0], [-1, 1]), x.slice([0, 2], [-1, 2])];
      const middle = tf.matMul(last as tf.Tensor2D, tf.ones([2, 3]));
      return dense(tf.concat([middle, first], 1), 1).tanh();
    });
  const { kernels } = await checkFold([4], parts);
  deepStrictEqual(kernels.after, { BatchMatMul: 1, Tanh: 1 });
  const kernel = (inputs: number, outputs: number) =>
    tf.randomNormal([inputs, outputs], 0, 1, "float32", inputs) as tf.Tensor2D;
  // Values and kernels that others read stay anyway: one product would hold more.
  const value: OfRows = (x) => {
    const middle = tf.matMul(x as tf.Tensor2D, kernel(4, 3));
    return tf.matMul(middle, kernel(3, 9)).mul(2).tanh().sum(1, true).add(middle.tanh());
  };
  const shared = kernel(4, 3);
  const twice: OfRows = (x) => {
    const [first, second] = [x, x.tanh()].map((each) => tf.matMul(each as tf.Tensor2D, shared));
    return tf.matMul(first, kernel(3, 9)).mul(2).tanh().sum(1, true).add(second.tanh());
  };
  // One row alone is not the rows that it comes from.
  const row: OfRows = (x) => dense(dense(x.slice([0, 0], [1, 4]), 1), 2).mul(2).add(x);
  for (const [run, count] of [[value, 2], [twice, 3], [row, 1]] as const) {
    const { kernels } = await checkFold([4], (x) => tf.tidy(() => run(x)));
    deepStrictEqual([kernels.after.BatchMatMul, kernels.after.Multiply], [count, undefined]);
  }
  shared.dispose();
});
