import * as tf from "@tensorflow/tfjs";

/**
 * Cross-entropy of `sigmoid(logits)`, element by element:
 * max(z, 0) - z y + log(1 + exp(-|z|)). The caller owns the result.
 */
export function logitLosses<Rank extends tf.Tensor>(logits: Rank, targets: Rank): Rank {
  return tf.tidy(() =>
    logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p()) as Rank
  );
}

/** A sentence on the first value that is neither 0 nor 1. */
export function notZeroOrOne(values: ArrayLike<number>): string | undefined {
  for (let at = 0; at < values.length; at++) {
    if (values[at] !== 0 && values[at] !== 1) {
      return `value ${at} is ${values[at]}, but labels are 0 or 1`;
    }
  }
}
