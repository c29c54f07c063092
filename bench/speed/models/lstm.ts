import * as tf from "@tensorflow/tfjs";
import { type BenchModel, crossEntropy } from "../training.ts";

const BATCH = 64;
const STEPS = 28;
const INPUTS = 28;
const UNITS = 64;

/** An LSTM over 28 steps of 28 numbers, 64 units, batch 64. */
export const lstm: BenchModel = {
  name: "lstm",
  build(weights) {
    const x = weights.data(BATCH, STEPS, INPUTS);
    const target = tf.oneHot(weights.classes(10, BATCH), 10).toFloat();
    const kernel = weights.matrix(INPUTS, 4 * UNITS);
    const recurrent = weights.matrix(UNITS, 4 * UNITS);
    const bias = weights.constant(0, 4 * UNITS);
    const out = [weights.matrix(UNITS, 10), weights.constant(0, 10)];
    return () => {
      const rows = tf.reshape(x, [BATCH * STEPS, INPUTS]);
      const projected = tf.add(tf.matMul(rows, kernel), bias);
      const steps = tf.unstack(tf.reshape(projected, [BATCH, STEPS, 4 * UNITS]), 1);
      let hidden: tf.Tensor = tf.zeros([BATCH, UNITS]);
      let cell: tf.Tensor = tf.zeros([BATCH, UNITS]);
      for (const step of steps) {
        const gates = tf.add(step, tf.matMul(hidden, recurrent));
        const [i, f, g, o] = tf.split(gates, 4, 1);
        cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
      }
      return crossEntropy(tf.add(tf.matMul(hidden, out[0]), out[1]), target);
    };
  },
};
