import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import { type BenchModel, crossEntropy } from "../training.ts";

const units = [784, 512, 256, 10];

/** Dense layers 784-512-256-10 with relu, batch 128. */
export const mlp: BenchModel = {
  name: "mlp",
  build(weights) {
    const x = weights.data(128, units[0]);
    const target = weights.classes(10, 128);
    const layers = units.slice(1).map((outputs, index) => ({
      kernel: weights.matrix(units[index], outputs),
      bias: weights.constant(0, outputs),
    }));
    return () => {
      let hidden: tf.Tensor = x;
      layers.forEach(({ kernel, bias }, index) => {
        const product = tf.matMul(hidden as tf.Tensor2D, kernel as tf.Tensor as tf.Tensor2D);
        hidden = index < layers.length - 1 ? biasRelu(product, bias) : tf.add(product, bias);
      });
      return crossEntropy(hidden, target);
    };
  },
};
