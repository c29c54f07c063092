import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import { type BenchModel, crossEntropy } from "../training.ts";

/** Input and output channels and stride of each separable convolution. */
const blocks = [[16, 32, 1], [32, 64, 2], [64, 64, 1]] as const;

/** Depthwise separable convolutions on 64 x 64 images, batch 32. */
export const separable: BenchModel = {
  name: "separable",
  build(weights) {
    const x = weights.data(32, 64, 64, 3) as tf.Tensor4D;
    const target = weights.classes(10, 32);
    const first = [weights.matrix(3, 3, 3, 16), weights.constant(0, 16)];
    const layers = blocks.map(([inside, outside, stride]) => ({
      stride,
      depth: weights.matrix(3, 3, inside, 1),
      depthBias: weights.constant(0, inside),
      point: weights.matrix(1, 1, inside, outside),
      pointBias: weights.constant(0, outside),
    }));
    const out = [weights.matrix(64, 10), weights.constant(0, 10)];
    return () => {
      const filter = (variable: tf.Variable) => variable as tf.Tensor as tf.Tensor4D;
      let image = biasRelu(tf.conv2d(x, filter(first[0]), 2, "same"), first[1]) as tf.Tensor4D;
      for (const { stride, depth, depthBias, point, pointBias } of layers) {
        const deep = tf.add(tf.depthwiseConv2d(image, filter(depth), stride, "same"), depthBias);
        const flat = tf.conv2d(deep as tf.Tensor4D, filter(point), 1, "valid");
        image = biasRelu(flat, pointBias) as tf.Tensor4D;
      }
      return crossEntropy(tf.add(tf.matMul(tf.mean(image, [1, 2]), out[0]), out[1]), target);
    };
  },
};
