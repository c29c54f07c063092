import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { forwardValues, gradientValues, type OperationCase } from "./_finite_differences.ts";
import { operations } from "./cases/mod.ts";

// Runs on any adapter, a software one included (Mesa's lavapipe); without one all are skipped.
// Finite differences would take hours in software: the wasm backend, which they check, stands in.
const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
if (adapter) {
  await useBackend({ backend: "wasm" });
  await useBackend({ backend: "webgpu" });
}

/** Largest relative error: a GPU may round products, roots and exponentials more coarsely. */
const TOLERANCE = 2e-3;

function assertNear(actual: Float64Array, expected: Float64Array): void {
  assert.equal(actual.length, expected.length);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  actual.forEach((value, index) => {
    assert.ok(
      Math.abs(value - expected[index]) <= TOLERANCE * size,
      `element ${index} is ${value}, on the wasm backend ${expected[index]}`,
    );
  });
}

async function compute(test: OperationCase, backend: string) {
  await tf.setBackend(backend);
  const { values } = await forwardValues(test);
  return { values, gradients: test.gradient === false ? [] : await gradientValues(test) };
}

Deno.test({
  name: "webgpu: one tensor may be as large as the adapter allows",
  ignore: !adapter,
  fn: async () => {
    await tf.setBackend("webgpu");
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    for (const limit of ["maxStorageBufferBindingSize", "maxBufferSize"] as const) {
      assert.equal(device.limits[limit], adapter!.limits[limit], limit);
    }
  },
});

for (const test of operations) {
  const wrong = test.wrong?.webgpu ?? test.wrong?.wasm;
  Deno.test({
    name: `webgpu: ${test.name}${wrong ? ` (${wrong})` : ""}`,
    ignore: !adapter || wrong !== undefined,
    fn: async () => {
      const expected = await compute(test, "wasm");
      await tf.setBackend("webgpu");
      const before = tf.memory().numTensors;
      const actual = await compute(test, "webgpu");
      assertNear(actual.values, expected.values);
      actual.gradients.forEach((gradient, index) =>
        assertNear(gradient, expected.gradients[index])
      );
      assert.equal(tf.memory().numTensors, before, "tensors were left behind");
    },
  });
}
