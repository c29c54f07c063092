import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import { type BenchModel, crossEntropy } from "../training.ts";

const BATCH = 256;
const INPUTS = 108;
const EXPERTS = 8;

/** Multi-gate mixture of experts with two tasks, sized as for Census-Income (Adult), batch 256. */
export const mmoe: BenchModel = {
  name: "mmoe",
  build(weights) {
    const x = weights.data(BATCH, INPUTS) as tf.Tensor2D;
    const targets = [0, 1].map(() => weights.classes(2, BATCH));
    const dense = (inputs: number, outputs: number, relu = false) => {
      const [kernel, bias] = [weights.matrix(inputs, outputs), weights.constant(0, outputs)];
      return (rows: tf.Tensor) => {
        const product = tf.matMul(rows, kernel);
        return relu ? biasRelu(product, bias) : tf.add(product, bias);
      };
    };
    const experts = Array.from({ length: EXPERTS }, () => dense(INPUTS, 16, true));
    const gates = [0, 1].map(() => dense(INPUTS, EXPERTS));
    const towers = [0, 1].map(() => [dense(16, 8, true), dense(8, 2)]);
    return () => {
      const outputs = tf.stack(experts.map((expert) => expert(x)), 1);
      const losses = gates.map((gate, task) => {
        const shares = tf.expandDims(tf.softmax(gate(x)), 2);
        const mixed = tf.sum(tf.mul(shares, outputs), 1);
        const [hidden, out] = towers[task];
        return crossEntropy(out(hidden(mixed)), targets[task]);
      });
      return tf.add(losses[0], losses[1]) as tf.Scalar;
    };
  },
};
