import * as tf from "@tensorflow/tfjs";
import { biasRelu, causalSoftmax, layerNorm as fusedLayerNorm } from "../../../lib/backend/mod.ts";
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
    const target = weights.classes(WORDS, BATCH * STEPS);
    const tokens = weights.matrix(WORDS, WIDTH);
    const places = weights.matrix(STEPS, WIDTH);
    const blocks = [block(weights), block(weights)];
    const norm = layerNorm(weights);
    const out = linear(weights, WIDTH, WORDS);
    return () => {
      const embedded = tf.reshape(tf.gather(tokens, x as tf.Tensor1D), [BATCH, STEPS, WIDTH]);
      let hidden = tf.reshape(tf.add(embedded, places), [BATCH * STEPS, WIDTH]);
      for (const apply of blocks) hidden = apply(hidden);
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
  return (x) => fusedLayerNorm(x, scale, offset);
}

function block(weights: Weights): Layer {
  const [first, second] = [layerNorm(weights), layerNorm(weights)];
  const [qkv, project] = [linear(weights, WIDTH, 3 * WIDTH), linear(weights, WIDTH, WIDTH)];
  const up = [weights.matrix(WIDTH, 4 * WIDTH), weights.constant(0, 4 * WIDTH)];
  const down = linear(weights, 4 * WIDTH, WIDTH);
  const size = WIDTH / HEADS;
  return (x) => {
    const split = tf.reshape(qkv(first(x)), [BATCH, STEPS, 3, HEADS, size]);
    const [q, k, v] = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]));
    const shares = causalSoftmax(tf.matMul(q, k, false, true), 1 / Math.sqrt(size));
    const mixed = tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]);
    const attended = tf.add(x, project(tf.reshape(mixed, [BATCH * STEPS, WIDTH])));
    const hidden = biasRelu(tf.matMul(second(attended), up[0]), up[1]);
    return tf.add(attended, down(hidden));
  };
}
