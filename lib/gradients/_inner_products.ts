import * as tf from "@tensorflow/tfjs";

/** Up to so many rows, products of pairs are faster than one product of matrices. */
const FEW = 3;
/** Rows shorter than this are copied side by side at no cost worth naming. */
const LONG = 2 ** 14;

/** The inner products of K tensors with K others of the same shape; they are symmetric, `[K, K]`. */
export function innerProducts(
  left: readonly tf.Tensor[],
  right: readonly tf.Tensor[],
): tf.Tensor2D {
  const count = left.length;
  if (count > FEW || left[0].size < LONG) {
    const [rows, others] = [left, right].map((tensors) =>
      tf.stack(tensors.map((tensor) => tensor.reshape([-1]))) as tf.Tensor2D
    );
    return tf.matMul(rows, others, false, true);
  }
  const lower = left.map((row, i) => right.slice(0, i + 1).map((other) => product(row, other)));
  // Those above the diagonal are the same.
  const entries = left.flatMap((_, i) =>
    right.map((__, j) => lower[Math.max(i, j)][Math.min(i, j)])
  );
  return tf.stack(entries).reshape([count, count]);
}

/** Sums of sums lose fewer digits than one long one. */
function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return a.mul(b).reshape([-1, a.shape[a.rank - 1] ?? 1]).sum(-1).sum();
}

/**
 * The inner products of the weight gradients `a' d_k` of a dense layer, without them:
 * `<a' d_k, a' d_l> = <(a a') d_k, d_l>`.
 *
 * @param read What the layer read, `a`, `[batch, features]`.
 * @param signals Derivatives by what it gave, K times `[batch, units]`.
 */
export function denseInnerProducts(
  read: tf.Tensor2D,
  signals: readonly tf.Tensor2D[],
): tf.Tensor2D {
  const products = tf.matMul(read, read, false, true);
  return innerProducts(signals.map((signal) => tf.matMul(products, signal)), signals);
}
