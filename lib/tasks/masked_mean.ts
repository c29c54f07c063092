import * as tf from "@tensorflow/tfjs";

/**
 * Mean of `[batch]` row losses over the rows whose mask is 1; over all rows without a mask.
 * Differentiable in `rowLosses`. Keeps its arguments; the caller owns the result.
 */
export function maskedMean(rowLosses: tf.Tensor1D, mask?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => mask ? rowLosses.mul(mask).sum().div(mask.sum()) : rowLosses.mean());
}
