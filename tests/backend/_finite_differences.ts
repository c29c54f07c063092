import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../lib/math/random.ts";

/** One operation to check, with its gradients. */
export interface OperationCase {
  readonly name: string;
  /** Shapes of the float32 inputs that `run` is differentiated by. */
  readonly inputs: readonly (readonly number[])[];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Inputs lie in this range, evenly spread, no two alike. Default [-1, 1]. */
  readonly range?: readonly [number, number];
  /** Step of the differences. Default 0.05; small for operations with a bend. */
  readonly step?: number;
  /** Largest error allowed, relative to the size of the gradient. Default 2e-3. */
  readonly tolerance?: number;
  /** False where only the forward values are checked. */
  readonly gradient?: boolean;
  /** Another way to the same values, for the plain JavaScript backend where it gets `run` wrong. */
  readonly reference?: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Backends of upstream that get this wrong, and how. */
  readonly wrong?: Readonly<Record<string, string>>;
}

/** Elements of each input that are moved one at a time; all are moved together as well. */
const SINGLE_ELEMENTS = 6;
const DIRECTIONS = 3;
/** How far the values of one input lie from those of the one before, in parts of their spacing. */
const APART = 0.11;

/** Inputs of a case: the same on every backend. */
export function caseInputs(test: OperationCase): tf.Tensor[] {
  const [low, high] = test.range ?? [-1, 1];
  return test.inputs.map((shape, index) => {
    const random = Random.stream(test.name, `input ${index}`);
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Float32Array.from(
      random.permutation(size),
      (rank) => low + (high - low) * (rank + 0.5 + APART * index) / size,
    );
    return tf.tensor(values, [...shape]);
  });
}

/** The values of the operation, by `run` or by another way. */
export async function forwardValues(
  test: OperationCase,
  run = test.run,
): Promise<{ shape: number[]; values: Float64Array }> {
  const inputs = caseInputs(test);
  const output = tf.tidy(() => run(...inputs));
  const values = Float64Array.from(await output.data());
  tf.dispose([output, ...inputs]);
  return { shape: output.shape, values };
}

/**
 * Compares the gradients of a weighted sum of the outputs with central differences of fourth order,
 * added up in float64, along random directions and single elements.
 */
export async function checkGradients(test: OperationCase): Promise<void> {
  const { step = 0.05, tolerance = 2e-3 } = test;
  const inputs = caseInputs(test);
  const { gradients, weights } = await analyticGradients(test, inputs);
  const evaluate = async (moved: Float32Array, which: number) => {
    const output = tf.tidy(() => {
      const replaced = inputs.map((input, index) =>
        index === which ? tf.tensor(moved, input.shape) : input
      );
      return test.run(...replaced);
    });
    const values = await output.data();
    output.dispose();
    let sum = 0;
    for (let index = 0; index < values.length; index++) sum += values[index] * weights[index];
    return sum;
  };
  for (let which = 0; which < inputs.length; which++) {
    const base = await inputs[which].data() as Float32Array;
    const gradient = gradients[which];
    for (const direction of directions(test.name, which, base.length)) {
      const at = (distance: number) =>
        evaluate(base.map((value, index) => value + distance * direction[index]), which);
      const near = await at(step) - await at(-step);
      const far = await at(2 * step) - await at(-2 * step);
      const numeric = (8 * near - far) / (12 * step);
      const analytic = gradient.reduce((sum, value, index) => sum + value * direction[index], 0);
      const size = gradient.reduce(
        (sum, value, index) => sum + Math.abs(value * direction[index]),
        0,
      );
      const error = Math.abs(numeric - analytic);
      assert.ok(
        error <= tolerance * Math.max(1, size),
        `${test.name}: input ${which}: gradient ${analytic}, differences ${numeric}`,
      );
    }
  }
  tf.dispose(inputs);
}

/** The gradients of a weighted sum of the outputs, as `checkGradients` checks them. */
export async function gradientValues(test: OperationCase): Promise<Float64Array[]> {
  const inputs = caseInputs(test);
  const { gradients } = await analyticGradients(test, inputs);
  tf.dispose(inputs);
  return gradients;
}

async function analyticGradients(test: OperationCase, inputs: readonly tf.Tensor[]) {
  const { shape } = await forwardValues(test);
  const random = Random.stream(test.name, "weights");
  const size = shape.reduce((product, length) => product * length, 1);
  const weights = Float32Array.from({ length: size }, () => random.normal());
  const tensors = tf.tidy(() => {
    const weighting = tf.tensor(weights, shape);
    return tf.grads((...list: tf.Tensor[]) => tf.sum(tf.mul(test.run(...list), weighting)))([
      ...inputs,
    ]);
  });
  tensors.forEach((tensor, index) => {
    assert.deepEqual(tensor.shape, inputs[index].shape, `${test.name}: gradient shape`);
  });
  const gradients = await Promise.all(
    tensors.map(async (tensor) => Float64Array.from(await tensor.data())),
  );
  tf.dispose(tensors);
  return { gradients, weights };
}

/** Random directions over all elements, then single elements. */
function* directions(name: string, which: number, size: number): Iterable<Float32Array> {
  const random = Random.stream(name, `directions ${which}`);
  if (size === 0) return;
  for (let count = 0; count < DIRECTIONS; count++) {
    yield Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
  }
  for (let count = 0; count < Math.min(size, SINGLE_ELEMENTS); count++) {
    const direction = new Float32Array(size);
    direction[random.integer(size)] = 1;
    yield direction;
  }
}
