import * as tf from "@tensorflow/tfjs";
import { lstm as lstmLayer } from "../../../lib/backend/mod.ts";
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
    const target = weights.classes(10, BATCH);
    const kernel = weights.matrix(INPUTS, 4 * UNITS);
    const recurrent = weights.matrix(UNITS, 4 * UNITS);
    const bias = weights.constant(0, 4 * UNITS);
    const out = [weights.matrix(UNITS, 10), weights.constant(0, 10)];
    return () => {
      const rows = tf.reshape(x, [BATCH * STEPS, INPUTS]);
      const projected = tf.reshape(tf.matMul(rows, kernel), [BATCH, STEPS, 4 * UNITS]);
      const states = lstmLayer(projected, recurrent, bias);
      const last = tf.reshape(tf.slice(states, [0, STEPS - 1, 0], [-1, 1, -1]), [BATCH, UNITS]);
      return crossEntropy(tf.add(tf.matMul(last, out[0]), out[1]), target);
    };
  },
};
