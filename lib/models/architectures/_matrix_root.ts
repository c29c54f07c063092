import * as tf from "@tensorflow/tfjs";

/** Steps of the iteration: enough for condition numbers up to about 1e6 in float32. */
const STEPS = 20;
/** Added to the diagonal, relative to the trace, so that the inverse root exists. */
const DAMPING = 1e-6;

/**
 * Square root and inverse square root of a symmetric positive semi-definite matrix `[n, n]`, without
 * reading it (coupled Newton-Schulz iteration, Higham 2008, section 6.7). To be called within
 * `tf.tidy`.
 */
export function matrixRoots(matrix: tf.Tensor2D): { root: tf.Tensor2D; inverse: tf.Tensor2D } {
  const [size] = matrix.shape;
  const unit = tf.eye(size);
  const trace = matrix.mul(unit).sum();
  // A matrix of zeros has the root 0 and no inverse: the floor keeps the division finite.
  const scale = trace.mul(1 + DAMPING * size).maximum(1e-30);
  let root = matrix.add(unit.mul(trace.mul(DAMPING))).div(scale) as tf.Tensor2D;
  let inverse = unit;
  for (let step = 0; step < STEPS; step++) {
    const factor = unit.mul(3).sub(tf.matMul(inverse, root)).mul(0.5) as tf.Tensor2D;
    root = tf.matMul(root, factor);
    inverse = tf.matMul(factor, inverse);
  }
  const length = scale.sqrt();
  return { root: root.mul(length), inverse: inverse.div(length) };
}

/**
 * Sum of the singular values of `[rows, columns]`, few rows: tr (W Wᵀ)^½, with the gradient
 * (W Wᵀ)^-½ W. The caller owns the result.
 */
export function nuclearNorm(matrix: tf.Tensor2D): tf.Scalar {
  const evaluate = tf.customGrad((input, save) => {
    const weights = input as tf.Tensor2D;
    const { root, inverse } = matrixRoots(tf.matMul(weights, weights, false, true));
    const value = root.mul(tf.eye(root.shape[0])).sum() as tf.Scalar;
    (save as tf.GradSaveFunc)([tf.matMul(inverse, weights)]);
    return {
      value,
      gradFunc: (upstream: tf.Scalar, [slope]: tf.Tensor[]) => slope.mul(upstream),
    };
  });
  return tf.tidy(() => evaluate(matrix) as tf.Scalar);
}
