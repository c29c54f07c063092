import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { Random } from "../../lib/math/random.ts";

await useBackend({ backend: "wasm" });

/** Odd, so that vectors leave a rest. */
const SIZE = 37;

function numbers(label: string, positive = false): Float32Array {
  const random = Random.stream("optimizers", label);
  return Float32Array.from({ length: SIZE }, () => {
    const number = random.normal();
    return positive ? Math.abs(number) : number;
  });
}

async function run(
  kernel: string,
  inputs: Record<string, Float32Array>,
  attributes: Record<string, number | boolean>,
): Promise<Float32Array[]> {
  await tf.setBackend("wasm");
  const before = tf.memory().numTensors;
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => [name, tf.tensor1d(values)]),
  );
  const outputs = tf.engine().runKernel(kernel, tensors, attributes) as tf.Tensor[];
  const results = await Promise.all(
    outputs.map((output) => output.data() as Promise<Float32Array>),
  );
  for (const [name, values] of Object.entries(inputs)) {
    assert.deepEqual(await tensors[name].data(), values, `${name} was written to`);
  }
  tf.dispose([outputs, tensors]);
  assert.equal(tf.memory().numTensors, before);
  return results;
}

function assertNear(actual: Float32Array, expected: (index: number) => number): void {
  actual.forEach((value, index) => {
    const wanted = expected(index);
    assert.ok(
      Math.abs(value - wanted) <= 2e-6 * Math.max(1, Math.abs(wanted)),
      `element ${index} is ${value}, not ${wanted}`,
    );
  });
}

Deno.test("PolytaskAdam takes the step of the paper, with decoupled decay", async () => {
  const [value, gradient, m] = [numbers("value"), numbers("gradient"), numbers("m")];
  const v = numbers("v", true);
  const s = {
    beta1: 0.9,
    beta2: 0.999,
    learningRate: 0.01 / (1 - 0.9 ** 3),
    secondCorrection: 1 / (1 - 0.999 ** 3),
    epsilon: 1e-8,
    weightDecay: 0.01 * 0.05,
  };
  const [newValue, newM, newV] = await run("PolytaskAdam", { value, gradient, m, v }, s);
  const nextM = (index: number) => s.beta1 * m[index] + (1 - s.beta1) * gradient[index];
  const nextV = (index: number) => s.beta2 * v[index] + (1 - s.beta2) * gradient[index] ** 2;
  assertNear(newM, nextM);
  assertNear(newV, nextV);
  assertNear(newValue, (index) => {
    const root = Math.sqrt(nextV(index) * s.secondCorrection) + s.epsilon;
    return value[index] * (1 - s.weightDecay) - s.learningRate * nextM(index) / root;
  });
});

for (const nesterov of [false, true]) {
  Deno.test(`PolytaskMomentum takes a step${nesterov ? " with Nesterov's look ahead" : ""}`, async () => {
    const [value, gradient] = [numbers("value"), numbers("gradient")];
    const velocity = numbers("velocity");
    const s = { learningRate: 0.1, momentum: 0.9, nesterov, weightDecay: 0.001 };
    const [newValue, newVelocity] = await run("PolytaskMomentum", { value, gradient, velocity }, s);
    const next = (index: number) => s.momentum * velocity[index] + gradient[index];
    assertNear(newVelocity, next);
    assertNear(newValue, (index) => {
      const direction = nesterov ? gradient[index] + s.momentum * next(index) : next(index);
      return value[index] * (1 - s.weightDecay) - s.learningRate * direction;
    });
  });
}
