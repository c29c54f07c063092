import * as tf from "@tensorflow/tfjs";

/** Registers a gradient unless TensorFlow.js has one by now. */
export function registerMissing(gradient: tf.GradConfig): void {
  if (!tf.getGradient(gradient.kernelName)) tf.registerGradient(gradient);
}
