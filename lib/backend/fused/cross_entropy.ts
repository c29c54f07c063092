import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/**
 * The cross-entropy of a softmax with the class of each row, in nats:
 * `log(sum_j exp(logits_j)) - logits_label`. On the wasm backend the operation and its gradient,
 * `softmax(logits)` less 1 at the label, are one kernel each.
 *
 * @param logits `[rows, classes]`. Not disposed.
 * @param labels `[rows]`, int32, each from 0 to `classes - 1`; a row with another label has the loss 0.
 * Not disposed.
 * @returns The losses of the rows, `[rows]`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor1D {
  const [rows, classes] = logits.shape;
  if (logits.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== rows) {
    throw new RangeError(
      `softmaxCrossEntropy takes [rows, classes] and [rows], but gets [${logits.shape}] and ` +
        `[${labels.shape}].`,
    );
  }
  if (!hasKernel("PolytaskCrossEntropy") || logits.size === 0 || labels.dtype !== "int32") {
    return tf.tidy(() => {
      // Cast here: asked for float32, the kernel of some backends writes whole numbers all the same.
      const chosen = tf.oneHot(labels.toInt() as tf.Tensor1D, classes).toFloat();
      return tf.logSoftmax(logits).mul(chosen).sum(1).neg() as tf.Tensor1D;
    });
  }
  const losses = runFused({
    inputs: [logits],
    forward: ([logits]) =>
      tf.engine().runKernel("PolytaskCrossEntropy", { logits, labels }) as tf.Tensor[],
    needs: [labels],
    backward: (dy, [labels], [, shares]) => [
      tf.engine().runKernel("PolytaskCrossEntropyGradient", {
        shares,
        labels,
        dy,
      }) as tf.Tensor,
    ],
  });
  return losses as tf.Tensor1D;
}
