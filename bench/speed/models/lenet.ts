import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import { type BenchModel, crossEntropy } from "../training.ts";

/** The shared LeNet of the MultiMNIST benchmark: 36 x 36 images, batch 128, two heads. */
export const lenet: BenchModel = {
  name: "lenet",
  build(weights) {
    const x = weights.data(128, 36, 36, 1) as tf.Tensor4D;
    const targets = [0, 1].map(() => weights.classes(10, 128));
    const filters = [weights.matrix(5, 5, 1, 10), weights.matrix(5, 5, 10, 20)];
    const biases = [weights.constant(0, 10), weights.constant(0, 20)];
    const dense = [weights.matrix(720, 50), weights.constant(0, 50)];
    const heads = [0, 1].map(() => [
      weights.matrix(50, 50),
      weights.constant(0, 50),
      weights.matrix(50, 10),
      weights.constant(0, 10),
    ]);
    return () => {
      let image = x;
      filters.forEach((filter, index) => {
        const product = tf.conv2d(image, filter as tf.Tensor as tf.Tensor4D, 1, "valid");
        const pooled = tf.maxPool(tf.add(product, biases[index]) as tf.Tensor4D, 2, 2, "valid");
        image = tf.relu(pooled);
      });
      const code = biasRelu(tf.matMul(tf.reshape(image, [128, 720]), dense[0]), dense[1]);
      const losses = heads.map(([w1, b1, w2, b2], task) => {
        const hidden = biasRelu(tf.matMul(code, w1), b1);
        return crossEntropy(tf.add(tf.matMul(hidden, w2), b2), targets[task]);
      });
      return tf.add(losses[0], losses[1]) as tf.Scalar;
    };
  },
};
