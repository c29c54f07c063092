import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../backend/fused/bias_relu.ts";
import type { Activation } from "./layer.ts";

/** The functions of every activation. */
export const activations: Readonly<Record<Activation, (input: tf.Tensor) => tf.Tensor>> = {
  linear: (input) => input.clone(),
  relu: tf.relu,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
};

/**
 * `activation(product + bias)`. TensorFlow.js could fuse this with the product, but its fused ops
 * compute the gradient of their input even where nobody asks for it: in the first layer of a
 * network that gradient costs as much as the rest of the layer.
 */
export function finish(
  product: tf.Tensor,
  bias: tf.Tensor | undefined,
  activation: Activation,
): tf.Tensor {
  if (bias && activation === "relu") return biasRelu(product, bias);
  const shifted = bias ? product.add(bias) : product;
  return activation === "linear" ? shifted : activations[activation](shifted);
}
