import * as tf from "@tensorflow/tfjs";
import type { Activation } from "./layer.ts";

type Fused = "linear" | "relu" | "sigmoid";

/** The functions of every activation. */
export const activations: Readonly<Record<Activation, (input: tf.Tensor) => tf.Tensor>> = {
  linear: (input) => input.clone(),
  relu: tf.relu,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
};

/** Runs an op that can fuse some activations, and applies the others after it. */
export function withActivation(
  activation: Activation,
  run: (fused: Fused) => tf.Tensor,
): tf.Tensor {
  return activation === "tanh" ? tf.tanh(run("linear")) : run(activation);
}
