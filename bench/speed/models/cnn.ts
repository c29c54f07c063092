import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import { type BenchModel, crossEntropy } from "../training.ts";

/** Two 3 x 3 convolutions (32 and 64 filters) with pooling, then dense; 28 x 28, batch 128. */
export const cnn: BenchModel = {
  name: "cnn",
  build(weights) {
    const x = weights.data(128, 28, 28, 1) as tf.Tensor4D;
    const target = weights.classes(10, 128);
    const filters = [weights.matrix(3, 3, 1, 32), weights.matrix(3, 3, 32, 64)];
    const biases = [weights.constant(0, 32), weights.constant(0, 64)];
    const dense = [weights.matrix(1600, 128), weights.constant(0, 128)];
    const out = [weights.matrix(128, 10), weights.constant(0, 10)];
    return () => {
      let image = x;
      filters.forEach((filter, index) => {
        const product = tf.conv2d(image, filter as tf.Tensor as tf.Tensor4D, 1, "valid");
        image = tf.maxPool(biasRelu(product, biases[index]) as tf.Tensor4D, 2, 2, "valid");
      });
      const hidden = biasRelu(tf.matMul(tf.reshape(image, [128, 1600]), dense[0]), dense[1]);
      return crossEntropy(tf.add(tf.matMul(hidden, out[0]), out[1]), target);
    };
  },
};
