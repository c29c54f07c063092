import { deepStrictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Optimizer, optimizers, Random } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";

const { adam, adamW, sgd } = optimizers;
const size = 5;
const start = [1, -2, 0.5, 0, 3];

/** Gradients of some steps, the same for everyone. */
const gradients = Array.from({ length: 6 }, (_, step) => {
  const random = new Random(step + 1);
  return Float32Array.from({ length: size }, () => random.normal());
});

/** A variable that owns its numbers. */
function variableOf(values: readonly number[]): tf.Variable {
  const tensor = tf.tensor1d([...values]);
  const variable = tf.variable(tensor, true);
  tensor.dispose();
  return variable;
}

/** The values after one step for each gradient, with a learning rate of its own each. */
async function run(
  optimizer: Optimizer,
  rates: readonly number[] = gradients.map(() => optimizer.learningRate),
): Promise<number[][]> {
  const variable = variableOf(start);
  const running = optimizer.start([{ name: "w", variable }]);
  const seen: number[][] = [];
  for (const [step, values] of gradients.entries()) {
    const gradient = tf.tensor1d(values);
    running.apply(new Map([["w", gradient]]), rates[step]);
    gradient.dispose();
    seen.push(Array.from(await variable.data()));
  }
  running.dispose();
  variable.dispose();
  return seen;
}

/** The same by a rule for single numbers, in float64, with two slots. */
function byHand(
  rule: (value: number, gradient: number, slots: number[], step: number) => number,
): number[][] {
  const values = [...start];
  const slots = start.map(() => [0, 0]);
  return gradients.map((gradient, step) => {
    values.forEach((value, at) => values[at] = rule(value, gradient[at], slots[at], step + 1));
    return [...values];
  });
}

/** The same with an optimizer of TensorFlow.js. */
async function byTensorFlow(optimizer: tf.Optimizer): Promise<number[][]> {
  const variable = variableOf(start);
  const seen: number[][] = [];
  for (const values of gradients) {
    const gradient = tf.tensor1d(values);
    optimizer.applyGradients({ [variable.name]: gradient });
    gradient.dispose();
    seen.push(Array.from(await variable.data()));
  }
  optimizer.dispose();
  // The momentum optimizer of TensorFlow.js forgets to release its learning rate.
  (optimizer as unknown as { c?: tf.Tensor }).c?.dispose();
  variable.dispose();
  return seen;
}

function nearAll(actual: number[][], expected: number[][], tolerance = 2e-6): void {
  near(actual.flat(), expected.flat(), tolerance);
}

/** Adam of Kingma and Ba 2015, algorithm 1, with weight decay apart from the gradient. */
function adamRule(rate: (step: number) => number, weightDecay: number) {
  return (value: number, gradient: number, slots: number[], step: number) => {
    slots[0] = 0.8 * slots[0] + 0.2 * gradient;
    slots[1] = 0.95 * slots[1] + 0.05 * gradient ** 2;
    const mean = slots[0] / (1 - 0.8 ** step);
    const square = slots[1] / (1 - 0.95 ** step);
    const kept = value * (1 - rate(step) * weightDecay);
    return kept - rate(step) * mean / (Math.sqrt(square) + 1e-6);
  };
}

const adamSettings = { learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 };

testOnBackends("adam follows its formula, and TensorFlow.js", async () => {
  const values = await run(adam(adamSettings));
  nearAll(values, byHand(adamRule(() => 0.1, 0)));
  nearAll(values, await byTensorFlow(tf.train.adam(0.1, 0.8, 0.95, 1e-6)), 1e-5);
});

testOnBackends("the first step of adam is the learning rate against the sign", async () => {
  const [first] = await run(adam({ learningRate: 0.01 }));
  near(first, start.map((value, at) => value - 0.01 * Math.sign(gradients[0][at])), 1e-6);
});

testOnBackends("adamW takes its decay off apart from the gradient", async () => {
  const rates = gradients.map((_, at) => 0.1 / (at + 1));
  nearAll(
    await run(adamW({ ...adamSettings, weightDecay: 0.3 }), rates),
    byHand(adamRule((step) => 0.1 / step, 0.3)),
  );
});

testOnBackends("sgd with and without momentum follows its formula, and TensorFlow.js", async () => {
  const plain = await run(sgd({ learningRate: 0.2 }));
  nearAll(plain, byHand((value, gradient) => value - 0.2 * gradient));
  nearAll(plain, await byTensorFlow(tf.train.sgd(0.2)));
  for (const nesterov of [false, true]) {
    const values = await run(sgd({ learningRate: 0.2, momentum: 0.7, nesterov }));
    const rule = (value: number, gradient: number, slots: number[]) => {
      slots[0] = 0.7 * slots[0] + gradient;
      return value - 0.2 * (nesterov ? gradient + 0.7 * slots[0] : slots[0]);
    };
    nearAll(values, byHand(rule));
    nearAll(values, await byTensorFlow(tf.train.momentum(0.2, 0.7, nesterov)), 1e-5);
  }
});

testOnBackends(
  "a variable without a gradient stays as it is, moments and step count too",
  async () => {
    for (const optimizer of [adam(), adamW(), sgd({ momentum: 0.9 })]) {
      const [a, b] = [variableOf([1]), variableOf([1])];
      const running = optimizer.start([{ name: "a", variable: a }, { name: "b", variable: b }]);
      const gradient = tf.tensor1d([0.5]);
      running.apply(new Map([["a", gradient], ["b", gradient]]), 0.1);
      const after = (await b.data())[0];
      for (let step = 0; step < 3; step++) running.apply(new Map([["a", gradient]]), 0.1);
      deepStrictEqual((await b.data())[0], after);
      deepStrictEqual(running.state().steps, { a: 4, b: 1 });
      running.apply(new Map([["b", gradient]]), 0.1);
      // b has now had the two steps that a had first: it is where a was then.
      const alone = variableOf([1]);
      const second = optimizer.start([{ name: "c", variable: alone }]);
      for (let step = 0; step < 2; step++) second.apply(new Map([["c", gradient]]), 0.1);
      deepStrictEqual((await b.data())[0], (await alone.data())[0]);
      running.dispose();
      second.dispose();
      tf.dispose([a, b, alone, gradient]);
    }
  },
);

testOnBackends("an optimizer that goes on from a state is the one that never stopped", async () => {
  for (const optimizer of [adam(), adamW(), sgd(), sgd({ momentum: 0.9, nesterov: true })]) {
    const whole = await run(optimizer);
    const variable = variableOf(start);
    const named = [{ name: "w", variable }];
    let running = optimizer.start(named);
    for (const [step, values] of gradients.entries()) {
      if (step === 3) {
        const next = optimizer.start(named);
        next.restore(running.state());
        running.dispose();
        running = next;
      }
      const gradient = tf.tensor1d(values);
      running.apply(new Map([["w", gradient]]), optimizer.learningRate);
      gradient.dispose();
    }
    deepStrictEqual(Array.from(await variable.data()), whole[whole.length - 1]);
    running.dispose();
    variable.dispose();
  }
});

testOnCpu("a state that lacks a slot is refused by name", () => {
  const variable = variableOf(start);
  const running = adam().start([{ name: "w", variable }]);
  throws(() => running.restore({ steps: { w: 1 }, tensors: new Map() }), /no "mean of w"/);
  running.dispose();
  variable.dispose();
});

Deno.test("settings out of range are refused by name", () => {
  throws(() => adam({ learningRate: 0 }), /learningRate must be a number above 0, but is 0/);
  throws(() => sgd({ learningRate: NaN }), /learningRate/);
  throws(() => adam({ beta1: 1 }), /beta1 must be in \[0, 1\), but is 1/);
  throws(() => adam({ beta2: -0.1 }), /beta2/);
  throws(() => adam({ epsilon: 0 }), /epsilon/);
  throws(() => adamW({ weightDecay: -1 }), /weightDecay must be a number from 0/);
  throws(() => sgd({ momentum: 1 }), /momentum must be in \[0, 1\), but is 1/);
});
