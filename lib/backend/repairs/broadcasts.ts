import * as tf from "@tensorflow/tfjs";

const kernels = ["Maximum", "Minimum", "SquaredDifference", "BatchMatMul"];

/**
 * Sums the gradient of an operand over the axes that it was broadcast along.
 *
 * TensorFlow.js leaves that out for these kernels, and then throws because the shapes differ.
 */
export function repairBroadcasts(): void {
  for (const kernelName of kernels) {
    const upstream = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...upstream,
      gradFunc: (dy, saved, attributes) => {
        const gradients = upstream.gradFunc(dy, saved, attributes);
        const [a, b] = saved;
        return {
          a: () => sumToShape(gradients.a(), a.shape),
          b: () => sumToShape(gradients.b(), b.shape),
        };
      },
    });
  }
}

/** Sums over the axes that a tensor of `shape` is broadcast along to the shape of `gradient`. */
function sumToShape(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  if (tf.util.arraysEqual(gradient.shape, shape)) return gradient;
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  const sum = axes.length > 0 ? tf.sum(gradient, axes) : gradient;
  return tf.reshape(sum, shape);
}
