import * as tf from "@tensorflow/tfjs";

/**
 * Keeps TensorFlow.js from printing, at the first tensor of the plain JavaScript backend, its hint
 * to install tfjs-node: `useBackend` already looked for it.
 */
export function quiet(): void {
  const cpu = tf.findBackend("cpu") as { firstUse?: boolean } | null;
  if (cpu) cpu.firstUse = false;
}
