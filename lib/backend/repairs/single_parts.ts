import * as tf from "@tensorflow/tfjs";

/**
 * Mends the gradients of `unstack` and `split` into a single part, which expect a list of gradients
 * and get the one gradient itself.
 */
export function repairSingleParts(): void {
  for (const kernelName of ["Unpack", "SplitV"]) {
    const upstream = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...upstream,
      gradFunc: (dy, saved, attributes) =>
        upstream.gradFunc(Array.isArray(dy) ? dy : [dy], saved, attributes),
    });
  }
}
