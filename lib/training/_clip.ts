import * as tf from "@tensorflow/tfjs";
import type { Gradients } from "./optimizers/mod.ts";

/**
 * The gradients times min(1, norm / their joint Euclidean norm). Keeps the gradients given; the
 * caller owns the new ones.
 */
export function clipByGlobalNorm(gradients: Gradients, norm: number): Gradients {
  const clipped = tf.tidy(() => {
    const values = [...gradients.values()];
    const total = tf.addN(values.map((gradient) => gradient.square().sum())).sqrt();
    const factor = tf.scalar(norm).div(tf.maximum(total, norm));
    return values.map((gradient) => gradient.mul(factor));
  });
  return new Map([...gradients.keys()].map((name, at) => [name, clipped[at]]));
}
