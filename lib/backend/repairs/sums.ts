import * as tf from "@tensorflow/tfjs";

/**
 * Gradients of Sum and Mean by one broadcast product. TensorFlow.js multiplies by a tensor of ones of
 * the full shape, written from JavaScript in every step, and divides in a second pass.
 */
export function repairSums(): void {
  for (const kernelName of ["Sum", "Mean"]) {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: ["x"],
      gradFunc: (dy, [x], attributes) => {
        const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape);
        const kept = x.shape.map((length, axis) => axes.includes(axis) ? 1 : length);
        const summed = x.shape.map((length, axis) => axes.includes(axis) ? length : 1);
        const count = summed.reduce((product, length) => product * length, 1);
        const share = kernelName === "Mean" ? 1 / count : 1;
        return {
          x: () => tf.mul(tf.reshape(dy as tf.Tensor, kept), tf.fill(summed, share, "float32")),
        };
      },
    });
  }
}
