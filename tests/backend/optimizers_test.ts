import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { stepInPlace, useBackend } from "../../lib/backend/mod.ts";
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

/** Values after a step, by variable: of the variable, then of its slots. */
async function run(
  kernel: string,
  variables: readonly (readonly Float32Array[])[],
  attributes: Record<string, number | boolean | readonly number[]>,
): Promise<Float32Array[][]> {
  await tf.setBackend("wasm");
  const before = tf.memory().numTensors;
  const steps = variables.map(([value, gradient, ...slots]) => ({
    variable: tf.tidy(() => tf.variable(tf.tensor1d(value))),
    gradient: tf.tensor1d(gradient),
    slots: slots.map((slot) => tf.tensor1d(slot) as tf.Tensor),
  }));
  assert.ok(stepInPlace(kernel, steps, attributes));
  const results = await Promise.all(steps.map(({ variable, slots }) =>
    Promise.all(
      [variable, ...slots].map((tensor) => tensor.data() as Promise<Float32Array>),
    )
  ));
  for (const [index, { variable, gradient, slots }] of steps.entries()) {
    assert.deepEqual(await gradient.data(), variables[index][1], "the gradient was written to");
    variable.dispose();
    tf.dispose([gradient, slots]);
  }
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
  const s = {
    beta1: 0.9,
    beta2: 0.999,
    learningRates: [0.01 / (1 - 0.9 ** 3), 0.02 / (1 - 0.9)],
    secondCorrections: [1 / (1 - 0.999 ** 3), 1 / (1 - 0.999)],
    epsilon: 1e-8,
    weightDecays: [0.01 * 0.05, 0],
  };
  // The second variable has had fewer steps and its own learning rate.
  const variables = ["first", "second"].map((label) => [
    numbers(`value ${label}`),
    numbers(`gradient ${label}`),
    numbers(`m ${label}`),
    numbers(`v ${label}`, true),
  ]);
  const results = await run("PolytaskAdam", variables, s);
  results.forEach(([newValue, newM, newV], which) => {
    const [value, gradient, m, v] = variables[which];
    const nextM = (index: number) => s.beta1 * m[index] + (1 - s.beta1) * gradient[index];
    const nextV = (index: number) => s.beta2 * v[index] + (1 - s.beta2) * gradient[index] ** 2;
    assertNear(newM, nextM);
    assertNear(newV, nextV);
    assertNear(newValue, (index) => {
      const root = Math.sqrt(nextV(index) * s.secondCorrections[which]) + s.epsilon;
      const kept = value[index] * (1 - s.weightDecays[which]);
      return kept - s.learningRates[which] * nextM(index) / root;
    });
  });
});

Deno.test("moments near zero become zero, and what is not a number stays so", async () => {
  // Six values: four go as a vector, two one by one.
  const of = (value: number) => new Float32Array(6).fill(value);
  const s = {
    beta1: 0.9,
    beta2: 0.999,
    learningRates: [0.01, 0.01],
    secondCorrections: [1, 1],
    epsilon: 1e-8,
  };
  const sunk = [of(1), of(1e-30), of(1e-30), of(1e-36)];
  const broken = [of(1), of(NaN), of(0.5), of(0.25)];
  const [[value, m, v], after] = await run("PolytaskAdam", [sunk, broken], s);
  assert.deepEqual([value, m, v], [of(1), of(0), of(0)]);
  assert.deepEqual(after, [of(NaN), of(NaN), of(NaN)]);
  const momentum = { momentum: 0.9, nesterov: false, learningRates: [0.1] };
  const [[, velocity]] = await run("PolytaskMomentum", [[of(1), of(0), of(1e-30)]], momentum);
  assert.deepEqual(velocity, of(0));
});

for (const nesterov of [false, true]) {
  Deno.test(`PolytaskMomentum takes a step${nesterov ? " with Nesterov's look ahead" : ""}`, async () => {
    const [value, gradient] = [numbers("value"), numbers("gradient")];
    const velocity = numbers("velocity");
    const s = { learningRates: [0.1], momentum: 0.9, nesterov, weightDecays: [0.001] };
    const [[newValue, newVelocity]] = await run(
      "PolytaskMomentum",
      [[value, gradient, velocity]],
      s,
    );
    const next = (index: number) => s.momentum * velocity[index] + gradient[index];
    assertNear(newVelocity, next);
    assertNear(newValue, (index) => {
      const direction = nesterov ? gradient[index] + s.momentum * next(index) : next(index);
      return value[index] * (1 - 0.001) - 0.1 * direction;
    });
  });
}

Deno.test("PolytaskMomentum without velocities descends", async () => {
  const [value, gradient] = [numbers("value"), numbers("gradient")];
  const s = { learningRates: [0.1, 0.2], momentum: 0, nesterov: false };
  const variables = [[value, gradient], [gradient, value]];
  const [[first], [second]] = await run("PolytaskMomentum", variables, s);
  assertNear(first, (index) => value[index] - 0.1 * gradient[index]);
  assertNear(second, (index) => gradient[index] - 0.2 * value[index]);
});

Deno.test("clones of a variable and of a slot keep their values, and nothing leaks", async () => {
  await tf.setBackend("wasm");
  const before = tf.memory();
  const variable = tf.tidy(() => tf.variable(tf.tensor2d([[1, 2], [3, 4]])));
  const slots: tf.Tensor[] = [tf.zeros([2, 2])];
  const gradient = tf.ones([2, 2]);
  const held = [variable.clone(), variable.reshape([4]), slots[0].clone()];
  const s = { learningRates: [1], momentum: 0.5, nesterov: false };
  for (let step = 0; step < 2; step++) {
    assert.ok(stepInPlace("PolytaskMomentum", [{ variable, gradient, slots }], s));
  }
  assert.deepEqual([...await variable.data()], [-1.5, -0.5, 0.5, 1.5]);
  assert.deepEqual([...await slots[0].data()], [1.5, 1.5, 1.5, 1.5]);
  assert.deepEqual([...await held[0].data()], [1, 2, 3, 4]);
  assert.deepEqual([...await held[1].data()], [1, 2, 3, 4]);
  assert.deepEqual([...await held[2].data()], [0, 0, 0, 0]);
  variable.dispose();
  tf.dispose([slots, gradient, held]);
  const after = tf.memory();
  assert.deepEqual([after.numTensors, after.numBytes], [before.numTensors, before.numBytes]);
});

Deno.test("a kernel sees that the weights it used before were changed in place", async () => {
  await tf.setBackend("wasm");
  const alpha = tf.tidy(() => tf.variable(tf.tensor2d([[0.5, 0.5]])));
  const kernel = tf.tidy(() => tf.variable(tf.tensor2d([[1, 0], [0, 1]])));
  const x = tf.tensor2d([[-2, 4]]);
  const both = async () => {
    const outputs = tf.tidy(
      () => [tf.prelu(x, alpha as tf.Tensor2D), tf.matMul(x, kernel as tf.Tensor2D)],
    );
    const values = await Promise.all(outputs.map(async (output) => [...await output.data()]));
    tf.dispose(outputs);
    return values;
  };
  assert.deepEqual(await both(), [[-1, 4], [-2, 4]]);
  const steps = [alpha, kernel].map((variable) => ({
    variable,
    gradient: tf.onesLike(variable),
    slots: [],
  }));
  const s = { learningRates: [1, 1], momentum: 0, nesterov: false };
  assert.ok(stepInPlace("PolytaskMomentum", steps, s));
  assert.deepEqual(await both(), [[1, 4], [-4, 2]]);
  tf.dispose([x, alpha, kernel, ...steps.map(({ gradient }) => gradient)]);
});
