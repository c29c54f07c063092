import * as tf from "@tensorflow/tfjs";
import { type BenchModel, crossEntropy, type Weights } from "../training.ts";

const BATCH = 16;
const STEPS = 64;
const WIDTH = 128;
const HEADS = 4;
const WORDS = 64;

/** Two transformer blocks of width 128 on 64 tokens, 4 heads, batch 16. */
export const gpt: BenchModel = {
  name: "gpt",
  build(weights) {
    const x = weights.classes(WORDS, BATCH * STEPS);
    const target = tf.oneHot(weights.classes(WORDS, BATCH * STEPS), WORDS).toFloat();
    const tokens = weights.matrix(WORDS, WIDTH);
    const places = weights.matrix(STEPS, WIDTH);
    const blocks = [block(weights), block(weights)];
    const norm = layerNorm(weights);
    const out = linear(weights, WIDTH, WORDS);
    const allowed = tf.linalg.bandPart(tf.ones([STEPS, STEPS]), -1, 0);
    const mask = tf.mul(tf.sub(allowed, 1), 1e9);
    return () => {
      const embedded = tf.reshape(tf.gather(tokens, x as tf.Tensor1D), [BATCH, STEPS, WIDTH]);
      let hidden = tf.reshape(tf.add(embedded, places), [BATCH * STEPS, WIDTH]);
      for (const apply of blocks) hidden = apply(hidden, mask);
      return crossEntropy(out(norm(hidden)), target);
    };
  },
};

type Layer = (x: tf.Tensor) => tf.Tensor;

function linear(weights: Weights, inputs: number, outputs: number): Layer {
  const [kernel, bias] = [weights.matrix(inputs, outputs), weights.constant(0, outputs)];
  return (x) => tf.add(tf.matMul(x, kernel), bias);
}

function layerNorm(weights: Weights): Layer {
  const [scale, offset] = [weights.constant(1, WIDTH), weights.constant(0, WIDTH)];
  return (x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normal, scale), offset);
  };
}

function block(weights: Weights): (x: tf.Tensor, mask: tf.Tensor) => tf.Tensor {
  const [first, second] = [layerNorm(weights), layerNorm(weights)];
  const [qkv, project] = [linear(weights, WIDTH, 3 * WIDTH), linear(weights, WIDTH, WIDTH)];
  const [up, down] = [linear(weights, WIDTH, 4 * WIDTH), linear(weights, 4 * WIDTH, WIDTH)];
  const size = WIDTH / HEADS;
  return (x, mask) => {
    const split = tf.reshape(qkv(first(x)), [BATCH, STEPS, 3, HEADS, size]);
    const [q, k, v] = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)), mask);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    const attended = tf.add(x, project(tf.reshape(mixed, [BATCH * STEPS, WIDTH])));
    return tf.add(attended, down(tf.relu(up(second(attended)))));
  };
}
