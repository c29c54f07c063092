import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { layerNorm, lstm, softmaxCrossEntropy, useBackend } from "../../lib/backend/mod.ts";
import { Random } from "../../lib/math/random.ts";

// What upstream's wasm backend gets wrong by keeping packed weights under the id of their data.

await useBackend({ backend: "wasm" });

function matrix(label: string, rows: number, columns: number): tf.Tensor2D {
  const random = Random.stream("traps", label);
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  return tf.tensor2d(values, [rows, columns]);
}

async function assertSame(actual: tf.Tensor, expected: tf.Tensor): Promise<void> {
  const [a, b] = [await actual.data(), await expected.data()];
  a.forEach((value, index) => assert.ok(Math.abs(value - b[index]) < 1e-4, `element ${index}`));
}

Deno.test("one tensor as right operand in two shapes", async () => {
  await tf.setBackend("wasm");
  const tensors = tf.tidy(() => {
    const weights = matrix("weights", 6, 10);
    const narrow = matrix("narrow", 4, 6);
    const wide = matrix("wide", 4, 12);
    const first = tf.matMul(narrow, weights);
    const second = tf.matMul(wide, tf.reshape(weights, [12, 5]));
    const again = tf.matMul(narrow, weights);
    const byHand = tf.sum(tf.mul(tf.expandDims(wide, 2), tf.reshape(weights, [1, 12, 5])), 1);
    return [first, second, again, byHand];
  });
  const [first, second, again, byHand] = tensors;
  await assertSame(again, first);
  await assertSame(second, byHand);
  tf.dispose(tensors);
});

Deno.test("a product sees weights that were assigned since", async () => {
  await tf.setBackend("wasm");
  const x = matrix("x", 3, 6);
  const weights = tf.variable(matrix("old", 6, 10));
  const before = tf.matMul(x, weights);
  const replacement = matrix("new", 6, 10);
  weights.assign(replacement);
  const after = tf.matMul(x, weights);
  const expected = tf.matMul(x, replacement);
  await assertSame(after, expected);
  const difference = tf.max(tf.abs(tf.sub(after, before)));
  assert.ok((await difference.data())[0] > 0.1);
  tf.dispose([x, weights, before, replacement, after, expected, difference]);
});

Deno.test("the same training step gives the same bits", async () => {
  await tf.setBackend("wasm");
  const step = async () => {
    const gradients = tf.tidy(() => {
      const image = tf.reshape(matrix("image", 32, 12 * 12 * 3), [32, 12, 12, 3]) as tf.Tensor4D;
      const filter = tf.reshape(matrix("filter", 27, 10), [3, 3, 3, 10]) as tf.Tensor4D;
      const dense = matrix("dense", 250, 7);
      return tf.grads((weights: tf.Tensor, kernel: tf.Tensor) => {
        const y = tf.relu(tf.conv2d(image, kernel as tf.Tensor4D, 1, "valid"));
        const pooled = tf.maxPool(y as tf.Tensor4D, 2, 2, "valid");
        return tf.sum(tf.square(tf.matMul(tf.reshape(pooled, [32, 250]), weights as tf.Tensor2D)));
      })([dense, filter]);
    });
    const bits = await Promise.all(gradients.map((gradient) => gradient.data()));
    tf.dispose(gradients);
    return bits;
  };
  const first = await step();
  // Other work in between moves the memory that the second run gets.
  tf.dispose([matrix("noise", 100, 100), matrix("noise", 31, 7)]);
  assert.deepEqual(await step(), first);
});

Deno.test("memory stays flat over many steps", async () => {
  await tf.setBackend("wasm");
  const x = tf.reshape(matrix("batch", 16, 144), [16, 12, 12, 1]) as tf.Tensor4D;
  const filter = tf.variable(tf.reshape(matrix("kernel", 9, 5), [3, 3, 1, 5]));
  const heap = () =>
    (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  const run = async (steps: number) => {
    for (let count = 0; count < steps; count++) {
      const { value, grads } = tf.variableGrads(() =>
        tf.mean(tf.square(tf.conv2d(x, filter as tf.Tensor as tf.Tensor4D, 1, "same"))) as tf.Scalar
      );
      const next = tf.tidy(() => tf.sub(filter, tf.mul(Object.values(grads)[0], 0.01)));
      filter.assign(next);
      await value.data();
      tf.dispose([value, grads, next]);
    }
  };
  await run(50);
  const [tensors, bytes] = [tf.memory().numTensors, heap()];
  await run(500);
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(heap(), bytes);
  tf.dispose([x, filter]);
});

Deno.test("memory stays flat over 5,000 steps of fused operations", async () => {
  await tf.setBackend("wasm");
  const x = tf.reshape(matrix("sequence", 2, 3 * 16), [2, 3, 16]);
  const labels = tf.tensor1d([0, 3], "int32");
  const variables = [
    matrix("recurrent", 4, 16),
    tf.ones([4]),
    tf.zeros([4]),
    matrix("out", 4, 5),
  ].map((value) => tf.variable(value));
  const [recurrent, scale, offset, out] = variables;
  const loss = () => {
    const states = tf.reshape(tf.slice(lstm(x, recurrent), [0, 2, 0], [2, 1, 4]), [2, 4]);
    const logits = tf.matMul(layerNorm(states, scale, offset) as tf.Tensor2D, out as tf.Tensor2D);
    return tf.mean(softmaxCrossEntropy(tf.softmax(logits), labels)) as tf.Scalar;
  };
  const heap = () =>
    (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  const run = async (steps: number) => {
    for (let count = 0; count < steps; count++) {
      const { value, grads } = tf.variableGrads(loss, variables);
      for (const variable of variables) {
        const next = tf.tidy(() => tf.sub(variable, tf.mul(grads[variable.name], 0.01)));
        variable.assign(next);
        next.dispose();
      }
      if (count % 100 === 0) await value.data();
      tf.dispose([value, grads]);
    }
  };
  await run(50);
  const [tensors, bytes] = [tf.memory().numTensors, heap()];
  await run(5000);
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(heap(), bytes);
  tf.dispose([x, labels, ...variables]);
});

Deno.test("a full memory is an error that names its size", async () => {
  await tf.setBackend("wasm");
  const backend = tf.backend() as unknown as {
    makeOutput(shape: number[], dtype: string): tf.TensorInfo;
    disposeData(id: object): void;
  };
  // Memory that is asked for but never touched costs nothing.
  const held: tf.TensorInfo[] = [];
  assert.throws(() => {
    for (let count = 0; count < 5; count++) held.push(backend.makeOutput([2 ** 28], "float32"));
  }, /no room for 1024 MiB more.*cannot grow past 4096/s);
  for (const { dataId } of held) backend.disposeData(dataId);
  const sum = tf.tidy(() => tf.sum(tf.ones([1000])));
  assert.equal((await sum.data())[0], 1000);
  sum.dispose();
});

Deno.test("an operand that is not float32 is named", async () => {
  await tf.setBackend("wasm");
  const whole = tf.tensor2d([[1, 2], [3, 4]], [2, 2], "int32");
  assert.throws(() => tf.matMul(whole, whole), /matMul needs float32.*\[2,2\] is int32/);
  whole.dispose();
});

Deno.test("gather names an index that is out of range", async () => {
  await tf.setBackend("wasm");
  const table = matrix("table", 5, 2);
  const ids = tf.tensor1d([0, 5], "int32");
  assert.throws(() => tf.gather(table, ids), /index 5 is not in 0 to 4/);
  tf.dispose([table, ids]);
});
