import { strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { checkFold, dense, factorsLeft, kernelOf, type OfRows } from "./_folding.ts";

testOnBackends("constants in a row are one, also where neither side takes them", async () => {
  strictEqual(await factorsLeft((x) => x.mul(2).mul([1, 2, 3, 4]).div(3).tanh()), 1);
  strictEqual(await factorsLeft((x) => dense(x.mul(2).mul([1, 2, 3, 4]), 1)), 0);
  const normed: OfRows = (x) => dense(x, 1).mul(-2).add([1, 2, 1, 2]).mul([1, 2, -3, 4]).tanh();
  strictEqual(await factorsLeft(normed), 0);
  strictEqual(await factorsLeft((x) => x.mul(4).mul(0.25).tanh()), 0);
});

testOnBackends("a factor below 0 stays behind a ReLU that has to be the same", async () => {
  strictEqual(await factorsLeft((x) => dense(x, 1).relu().mul(-2).tanh()), 1);
  strictEqual(await factorsLeft((x) => dense(x, 1).mul(-2).relu().tanh()), 0);
  strictEqual(await factorsLeft((x) => dense(dense(x, 1).relu().mul(-2), 2).tanh()), 0);
  strictEqual(await factorsLeft((x) => dense(x, 1).relu().mul(2).tanh()), 0);
  const clipped: OfRows = (x) => dense(x, 1).maximum([0, -1, 1, 2]).mul([1, 1, 1, -1]).tanh();
  strictEqual(await factorsLeft(clipped), 1);
});

testOnBackends("what others read keeps its numbers", async () => {
  const twice: OfRows = (x) => {
    const y = dense(x, 1).relu();
    return y.mul([1, 2, 3, 0.5]).tanh().add(y.tanh());
  };
  strictEqual(await factorsLeft(twice), 1);
  const closed: OfRows = (x) => {
    const y = dense(x, 1).relu();
    // 0 for one reader, not for the other.
    return dense(y.mul([0, 1, 1, 1]).tanh(), 2).add(dense(y, 3));
  };
  strictEqual(await factorsLeft(closed), 1);
  const added: OfRows = (x) => {
    const sum = dense(x, 1).relu().mul([0, 1, 2, 3]).add(dense(x, 2).tanh());
    return dense(sum, 3);
  };
  strictEqual(await factorsLeft(added), 0);
  const both: OfRows = (x) => {
    const y = dense(x, 1).tanh();
    return dense(y.mul([0, 1, 2, 3]).add(dense(x, 2).tanh()), 3);
  };
  strictEqual(await factorsLeft(both), 1);
});

testOnBackends("zeros go where nobody else reads or writes what they close", async () => {
  strictEqual(await factorsLeft((x) => dense(x.mul([0, 1, 2, 3]), 1).tanh()), 0);
  strictEqual(await factorsLeft((x) => x.mul([0, 1, 2, 3])), 1);
  const offset: OfRows = (x) => dense(x.mul([0, 1, 2, 3]).add([1, 2, 3, 4]), 1).tanh();
  strictEqual(await factorsLeft(offset), 1);
  // The second closes a channel first; the first may not open it again.
  const inRow: OfRows = (x) =>
    dense(x, 1).add([1, 2, 3, 4]).mul([1, 0, 1, 1]).mul([0, 5, 5, 5]).tanh();
  strictEqual(await factorsLeft(inRow), 1);
  const input: OfRows = (x) =>
    tf.matMul(x.mul([0]) as tf.Tensor2D, kernelOf(1, 1)).add([1, 2, 3, 4]).tanh();
  strictEqual(await factorsLeft(input, [1]), 0);
});

testOnBackends("a step that cannot go leaves no trace", async () => {
  const run: OfRows = (x) => {
    const y = dense(x, 1).relu();
    return y.mul([3, -1, 3, 3]).tanh().add(y.mul([1, 2, 2, 1]).tanh());
  };
  strictEqual(await factorsLeft(run), 1);
});

testOnBackends("both values of a product may be in other scales", async () => {
  for (const product of [tf.mul, (a: tf.Tensor, b: tf.Tensor) => tf.mul(b, a)]) {
    const run: OfRows = (x) => {
      const [p, q] = [dense(x, 1).relu(), dense(x, 2).relu()];
      return q.mul([1, 2, 3, 4]).tanh().add(product(p, q) as tf.Tensor);
    };
    // The product itself, and the factors.
    strictEqual(await factorsLeft(run), 2);
  }
});

testOnBackends("numbers that come in take the scale, or keep it from going on", async () => {
  const padded = (value: number): OfRows => (x) =>
    dense(x, 1).pad([[0, 0], [0, 2]], value).mul([1, 2, 3, 4, 5, 6]).tanh();
  strictEqual(await factorsLeft(padded(0)), 0);
  strictEqual(await factorsLeft(padded(3)), 1);
  strictEqual(await factorsLeft((x) => dense(x, 1).add(1).mul([1, 2, 3, 4]).tanh()), 1);
  strictEqual(await factorsLeft((x) => dense(x, 1).add(1).mul(3).tanh()), 0);
  const offsets: OfRows = (x) => dense(x, 1).add([1, 2, 3, 4]).mul([1, 2, 3, 4]).tanh();
  strictEqual(await factorsLeft(offsets), 0);
});

testOnBackends("a table of words takes the scale of its channels", async () => {
  const run: OfRows = (x) =>
    tf.gather(kernelOf(1, 2), x.greater(0).toInt()).mul([1, 2, -3, 4]).tanh();
  strictEqual(await factorsLeft(run), 0);
});

testOnCpu("a divisor without an inverse stays one", async () => {
  strictEqual(await factorsLeft((x) => x.mul(1e-30).div(1e-39).mul(1e-9).tanh()), 2);
});

testOnBackends("the largest factor of a row goes on, so that the others are below 1", async () => {
  const run: OfRows = (x) =>
    tf.tidy(() => dense(dense(x, 1).tanh().mul(0.2).add(dense(x, 2).tanh().mul(0.8)), 3).tanh());
  near((await checkFold([4], run)).factors, [0.25], 1e-6);
});

testOnBackends("a kernel that is read twice stays one, and others still take factors", async () => {
  const shared = kernelOf(7);
  const twice = (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, shared);
  const run: OfRows = (x) =>
    tf.tidy(() => dense(twice(twice(x).mul(2).relu()).mul(3).tanh(), 1).mul([1, 2, 3, 4]).tanh());
  const { kernels, numbers } = await checkFold([4], run);
  strictEqual(numbers.after, numbers.before - 4);
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
