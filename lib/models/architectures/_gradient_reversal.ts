import * as tf from "@tensorflow/tfjs";

/**
 * The same values, with the opposite gradient: what reads them learns to tell something from them,
 * what makes them learns to hide it (Ganin and Lempitsky 2015). The caller owns the result.
 */
export const reverseGradient: (input: tf.Tensor) => tf.Tensor = tf.customGrad((input) => ({
  value: (input as tf.Tensor).clone(),
  gradFunc: (upstream: tf.Tensor) => upstream.neg(),
}));
