import * as tf from "@tensorflow/tfjs";

/**
 * Mean of `[batch]` row losses over the rows whose mask is 1; over all rows without a mask.
 * Differentiable in `rowLosses`. A row without a label counts for nothing whatever its loss is, also
 * when that is infinite or no number. Keeps its arguments; the caller owns the result.
 */
export function maskedMean(rowLosses: tf.Tensor1D, mask?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    if (!mask) return rowLosses.mean();
    // Chosen, not multiplied: 0 times infinity is not 0.
    const counted = tf.where(mask.toBool(), rowLosses, tf.zerosLike(rowLosses));
    return counted.sum().div(mask.sum());
  });
}
