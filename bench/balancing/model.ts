import * as tf from "@tensorflow/tfjs";
import { type Balancer, computeUpdate, type UpdateRequest } from "../../lib/balancing/mod.ts";
import { Random } from "../../lib/math/random.ts";
import { optimizers } from "../../lib/training/mod.ts";

/** Networks that are timed; the same ones stand in `peer.py`. */
export type ModelName = "lenet" | "mlp";

const BATCH = 128;

/** Inputs and labels of some examples. */
interface Rows {
  readonly x: tf.Tensor;
  readonly targets: readonly tf.Tensor[];
}

/** Some rows in parts of about the same size. */
function partsOf({ x, targets }: Rows, count: number): Rows[] {
  const sizes = Array.from({ length: count }, (_, at) => Math.floor((BATCH + at) / count));
  const [images, labels] = [tf.split(x, sizes), targets.map((target) => tf.split(target, sizes))];
  return images.map((part, at) => ({ x: part, targets: labels.map((parts) => parts[at]) }));
}

/** A shared network with some heads on a fixed batch, and a training step of the library. */
export class BenchNetwork {
  readonly #random = new Random("bench");
  readonly #shared: tf.Variable[] = [];
  readonly #own: tf.Variable[][];
  readonly #encode: (x: tf.Tensor) => tf.Tensor2D;
  readonly #whole: Rows;
  readonly #thirds: readonly Rows[];
  readonly #halves: readonly Rows[];
  readonly #kept: { dispose(): void }[] = [];

  constructor(model: ModelName, tasks: number) {
    this.#encode = model === "lenet" ? this.#lenet() : this.#mlp();
    const width = model === "lenet" ? 50 : 256;
    this.#own = Array.from({ length: tasks }, () => {
      const own: tf.Variable[] = [];
      const sizes = model === "lenet" ? [width, 50, 10] : [width, 10];
      sizes.slice(1).forEach((outputs, at) => {
        own.push(
          this.#weights([sizes[at], outputs], sizes[at]),
          this.#weights([outputs], Infinity),
        );
      });
      return own;
    });
    const x = this.#data(model === "lenet" ? [BATCH, 36, 36, 1] : [BATCH, 784]);
    const targets = this.#own.map(() => {
      const classes = Array.from({ length: BATCH }, () => this.#random.integer(10));
      return tf.tidy(() => tf.oneHot(tf.tensor1d(classes, "int32"), 10).toFloat());
    });
    this.#whole = { x, targets };
    this.#thirds = partsOf(this.#whole, 3);
    this.#halves = partsOf(this.#whole, 2);
  }

  /**
   * A step of training under a balancer, as `fit` makes it: forward, backward, balancing, Adam, and
   * the looks before and after that some methods take; `measure` records the Gramian as well.
   */
  step(balancer: Balancer, measure?: UpdateRequest["measure"]): () => Promise<void> {
    const tasks = this.#own.map((_, task) => task);
    balancer.reset?.(tasks.map(String));
    const variables = [...this.#shared, ...this.#own.flat()];
    const names = new Map(variables.map((variable, at) => [variable, `v${at}`]));
    const optimizer = optimizers.adam().start(
      variables.map((variable) => ({ name: names.get(variable)!, variable })),
    );
    this.#kept.push(optimizer);
    const lookAhead = balancer.family === "losses" ? balancer.lookAhead?.bind(balancer) : undefined;
    return async () => {
      await lookAhead?.({
        present: tasks,
        variables,
        losses: (rows) => this.#forward(this.#halves[rows === "train" ? 0 : 1]).losses,
      });
      const { gradients, losses } = await computeUpdate({
        balancer,
        present: tasks,
        forward: () => this.#forward(this.#whole),
        samples: this.#thirds.map((rows) => () => this.#forward(rows)),
        shared: this.#shared,
        own: this.#own,
        lastLayer: this.#shared.slice(-2),
        measure,
      });
      if (!losses.every(Number.isFinite)) throw new Error("A loss is not a number.");
      optimizer.apply(
        new Map([...gradients].map(([variable, value]) => [names.get(variable)!, value])),
        1e-4,
      );
      tf.dispose([...gradients.values()]);
      if (!balancer.afterStep) return;
      const again = tf.tidy(() => tf.stack(this.#forward(this.#whole).losses));
      balancer.afterStep(Array.from(await again.data()), tasks);
      again.dispose();
    };
  }

  /** Frees weights, data and optimizers. */
  dispose(): void {
    for (const kept of this.#kept) kept.dispose();
    tf.dispose([this.#shared, this.#own]);
    for (const { x, targets } of [this.#whole, ...this.#thirds, ...this.#halves]) {
      tf.dispose([x, ...targets]);
    }
  }

  #forward({ x, targets }: Rows) {
    const representation = this.#encode(x);
    const losses = this.#own.map((own, task) => {
      let hidden: tf.Tensor = representation;
      for (let at = 0; at < own.length; at += 2) {
        hidden = tf.matMul(hidden as tf.Tensor2D, own[at] as tf.Tensor2D).add(own[at + 1]);
        if (at + 2 < own.length) hidden = hidden.relu();
      }
      const likelihoods = hidden.logSoftmax().mul(targets[task]).sum(-1);
      return likelihoods.mean().neg() as tf.Scalar;
    });
    return { losses, representation };
  }

  #lenet(): (x: tf.Tensor) => tf.Tensor2D {
    const parts = [[5, 5, 1, 10], [5, 5, 10, 20]].map((shape) => ({
      filter: this.#trunk(shape, 25 * shape[2]),
      bias: this.#trunk([shape[3]], Infinity),
    }));
    const dense = this.#trunk([720, 50], 720);
    const bias = this.#trunk([50], Infinity);
    return (x) => {
      let image = x as tf.Tensor4D;
      for (const part of parts) {
        const maps = tf.conv2d(image, part.filter as tf.Tensor as tf.Tensor4D, 1, "valid");
        image = tf.maxPool(maps.add(part.bias) as tf.Tensor4D, 2, 2, "valid").relu();
      }
      return tf.matMul(image.reshape([-1, 720]), dense as tf.Tensor as tf.Tensor2D).add(bias)
        .relu() as tf.Tensor2D;
    };
  }

  #mlp(): (x: tf.Tensor) => tf.Tensor2D {
    const sizes = [784, 512, 256];
    const layers = sizes.slice(1).map((outputs, at) => ({
      kernel: this.#trunk([sizes[at], outputs], sizes[at]),
      bias: this.#trunk([outputs], Infinity),
    }));
    return (x) => {
      let hidden = x as tf.Tensor2D;
      for (const { kernel, bias } of layers) {
        hidden = tf.matMul(hidden, kernel as tf.Tensor as tf.Tensor2D).add(bias).relu();
      }
      return hidden;
    };
  }

  #data(shape: number[]): tf.Tensor {
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      () => this.#random.uniform(),
    );
    return tf.tensor(values, shape);
  }

  #trunk(shape: number[], inputs: number): tf.Variable {
    const variable = this.#weights(shape, inputs);
    this.#shared.push(variable);
    return variable;
  }

  #weights(shape: number[], inputs: number): tf.Variable {
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      () => this.#random.normal() / Math.sqrt(inputs),
    );
    return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  }
}
