import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../lib/backend/mod.ts";
import { Random } from "../../lib/math/random.ts";

const BETA1 = 0.9;
const BETA2 = 0.999;
const LEARNING_RATE = 1e-3;

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
  const slots: tf.Tensor[][] = weights.variables.map((
    { shape },
  ) => [tf.zeros(shape), tf.zeros(shape)]);
  let steps = 0;
  return async () => {
    steps++;
    const { value, grads } = tf.variableGrads(loss, weights.variables);
    weights.variables.forEach((variable, index) => {
      const gradient = grads[variable.name];
      const [m, v] = slots[index];
      const [next, newM, newV] = adam(variable, gradient, m, v, steps);
      variable.assign(next);
      tf.dispose([next, gradient, m, v]);
      slots[index] = [newM, newV];
    });
    const [number] = await value.data();
    value.dispose();
    return number;
  };
}

function adam(
  value: tf.Tensor,
  gradient: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
  step: number,
): tf.Tensor[] {
  const attributes = {
    beta1: BETA1,
    beta2: BETA2,
    learningRate: LEARNING_RATE / (1 - BETA1 ** step),
    secondCorrection: 1 / (1 - BETA2 ** step),
    epsilon: 1e-8,
    weightDecay: 0,
  };
  if (tf.getKernel("PolytaskAdam", tf.getBackend())) {
    return tf.engine().runKernel(
      "PolytaskAdam",
      { value, gradient, m, v },
      attributes,
    ) as tf.Tensor[];
  }
  return tf.tidy(() => {
    const newM = tf.add(tf.mul(m, BETA1), tf.mul(gradient, 1 - BETA1));
    const newV = tf.add(tf.mul(v, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
    const root = tf.add(tf.sqrt(tf.mul(newV, attributes.secondCorrection)), 1e-8);
    const change = tf.div(tf.mul(newM, attributes.learningRate), root);
    return [tf.sub(value, change), newM, newV];
  });
}
