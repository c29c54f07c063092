import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { checkGradients, forwardValues } from "./_finite_differences.ts";
import { operations } from "./cases/mod.ts";

/**
 * One test for every operation: its values against the plain JavaScript backend, its gradients
 * against differences on the backend itself, and no tensor left behind.
 *
 * @param backend The name under which TensorFlow.js knows it.
 * @param title What the names of the tests begin with. Default: the backend.
 */
export function testOperations(backend: string, title = backend): void {
  for (const test of operations) {
    const wrong = test.wrong?.[backend];
    Deno.test({
      name: `${title}: ${test.name}${wrong ? ` (upstream: ${wrong})` : ""}`,
      ignore: wrong !== undefined,
      fn: async () => {
        await tf.setBackend("cpu");
        const reference = await forwardValues(test, test.reference);
        await tf.setBackend(backend);
        const before = tf.memory().numTensors;
        const { shape, values } = await forwardValues(test);
        assert.deepEqual(shape, reference.shape);
        values.forEach((value, index) => {
          const expected = reference.values[index];
          assert.ok(
            Math.abs(value - expected) <= 2e-5 * Math.max(1, Math.abs(expected)),
            `element ${index} is ${value}, on the cpu backend ${expected}`,
          );
        });
        if (test.gradient !== false) await checkGradients(test);
        assert.equal(tf.memory().numTensors, before, "tensors were left behind");
      },
    });
  }
}
