import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { checkFold, type OfRows } from "./_folding.ts";
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

/** Multiplications that are left of a function of rows of 4 numbers. */
async function left(run: OfRows): Promise<number> {
  const { kernels } = await checkFold([4], (x) => tf.tidy(() => run(x)));
  return kernels.after.Multiply ?? 0;
}

/** A kernel of its own for each seed. */
const kernel = (seed: number, inputs = 4, outputs = 4) =>
  tf.randomNormal([inputs, outputs], 0, 1, "float32", seed) as tf.Tensor2D;
const dense = (x: tf.Tensor, seed: number) => tf.matMul(x as tf.Tensor2D, kernel(seed));

testOnBackends("constants in a row are one, also where neither side takes them", async () => {
  strictEqual(await left((x) => x.mul(2).mul([1, 2, 3, 4]).div(3).tanh()), 1);
  strictEqual(await left((x) => dense(x.mul(2).mul([1, 2, 3, 4]), 1)), 0);
  strictEqual(
    await left((x) => dense(x, 1).mul(-2).add([1, 2, 1, 2]).mul([1, 2, -3, 4]).tanh()),
    0,
  );
  strictEqual(await left((x) => x.mul(4).mul(0.25).tanh()), 0);
});

testOnBackends("a factor below 0 stays behind a ReLU that has to be the same", async () => {
  strictEqual(await left((x) => dense(x, 1).relu().mul(-2).tanh()), 1);
  strictEqual(await left((x) => dense(x, 1).mul(-2).relu().tanh()), 0);
  strictEqual(await left((x) => dense(dense(x, 1).relu().mul(-2), 2).tanh()), 0);
  strictEqual(await left((x) => dense(x, 1).relu().mul(2).tanh()), 0);
  strictEqual(await left((x) => dense(x, 1).maximum([0, -1, 1, 2]).mul([1, 1, 1, -1]).tanh()), 1);
});

testOnBackends("what others read keeps its numbers", async () => {
  const twice: OfRows = (x) => {
    const y = dense(x, 1).relu();
    return y.mul([1, 2, 3, 0.5]).tanh().add(y.tanh());
  };
  strictEqual(await left(twice), 1);
  const closed: OfRows = (x) => {
    const y = dense(x, 1).relu();
    // 0 for one reader, not for the other.
    return dense(y.mul([0, 1, 1, 1]).tanh(), 2).add(dense(y, 3));
  };
  strictEqual(await left(closed), 1);
  const added: OfRows = (x) => {
    const sum = dense(x, 1).relu().mul([0, 1, 2, 3]).add(dense(x, 2).tanh());
    return dense(sum, 3);
  };
  strictEqual(await left(added), 0);
  const both: OfRows = (x) => {
    const y = dense(x, 1).tanh();
    return dense(y.mul([0, 1, 2, 3]).add(dense(x, 2).tanh()), 3);
  };
  strictEqual(await left(both), 1);
});

testOnBackends("a kernel that is read twice stays one", async () => {
  const shared = kernel(7);
  const run: OfRows = (x) =>
    tf.tidy(() =>
      tf.matMul(tf.matMul(x as tf.Tensor2D, shared).mul(2).relu() as tf.Tensor2D, shared).mul(3)
        .tanh()
    );
  const { kernels, numbers } = await checkFold([4], run);
  strictEqual(numbers.after, numbers.before);
  strictEqual(kernels.after.Multiply, 2);
  shared.dispose();
});

testOnBackends("a factor for all is not made one for each channel", async () => {
  const run: OfRows = (x) =>
    tf.tidy(() => {
      const y = dense(x, 1).mul([1, 2, 3, 4]).relu();
      return y.mul(-1).tanh().add(y.mul(-2).tanh());
    });
  const { numbers, kernels } = await checkFold([4], run);
  strictEqual(kernels.after.Multiply, 2);
  strictEqual(numbers.after, 16);
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
});
