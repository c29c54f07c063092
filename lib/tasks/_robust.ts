import * as tf from "@tensorflow/tfjs";

/** How an error counts. */
export type ErrorLoss = "squared" | "absolute" | "huber";

/**
 * The loss of each error: its square (no factor 1/2), its size, or Huber's: half the square up to
 * `delta`, beyond it `delta (|error| - delta / 2)` (Huber 1964). The caller owns the result.
 */
export function errorLosses(error: tf.Tensor, loss: ErrorLoss, delta: number): tf.Tensor {
  return tf.tidy(() => {
    if (loss === "squared") return error.square();
    const size = error.abs();
    if (loss === "absolute") return size;
    const within = tf.minimum(size, delta);
    // With w the part of the size up to delta, both branches are w (|error| - w / 2).
    return within.mul(size.sub(within.mul(0.5)));
  });
}
