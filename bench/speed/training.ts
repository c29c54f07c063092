import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../lib/backend/mod.ts";
import { Random } from "../../lib/math/random.ts";
import { adam } from "../../lib/training/optimizers/mod.ts";

/** A model under test: its weights, and its losses on a fixed batch. */
export interface BenchModel {
  readonly name: string;
  /** Makes weights and data; called once. */
  build(weights: Weights): () => tf.Scalar;
}

/** Makes weights with seeded values. */
export class Weights {
  readonly variables: tf.Variable[] = [];
  readonly #random = new Random("bench");

  /** A variable of normal numbers scaled by the number of inputs. */
  matrix(...shape: number[]): tf.Variable {
    const inputs = shape.slice(0, -1).reduce((product, length) => product * length, 1);
    return this.#make(shape, () => this.#random.normal() / Math.sqrt(inputs));
  }

  /** A variable of equal values. */
  constant(value: number, ...shape: number[]): tf.Variable {
    return this.#make(shape, () => value);
  }

  /** A batch of numbers in [0, 1). */
  data(...shape: number[]): tf.Tensor {
    return tf.tensor(this.#values(shape, () => this.#random.uniform()), shape);
  }

  /** A batch of classes, as int32. */
  classes(count: number, ...shape: number[]): tf.Tensor {
    return tf.tensor(this.#values(shape, () => this.#random.integer(count)), shape, "int32");
  }

  #values(shape: readonly number[], draw: () => number): Float32Array {
    return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw);
  }

  #make(shape: number[], draw: () => number): tf.Variable {
    const variable = tf.tidy(() => tf.variable(tf.tensor(this.#values(shape, draw), shape)));
    this.variables.push(variable);
    return variable;
  }
}

/** Mean cross-entropy of logits [rows, classes] with classes [rows]. */
export function crossEntropy(logits: tf.Tensor, classes: tf.Tensor): tf.Scalar {
  return tf.mean(softmaxCrossEntropy(logits, classes));
}

/** A step of training with Adam, as the library's trainer does it. */
export function trainingStep(model: BenchModel): () => Promise<number> {
  const weights = new Weights();
  const loss = model.build(weights);
  const variables = weights.variables.map((variable) => ({ name: variable.name, variable }));
  const { learningRate, start } = adam();
  const optimizer = start(variables);
  return async () => {
    const { value, grads } = tf.variableGrads(loss, weights.variables);
    optimizer.apply(new Map(Object.entries(grads)), learningRate);
    tf.dispose(grads);
    const [number] = await value.data();
    value.dispose();
    return number;
  };
}
