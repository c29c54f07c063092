import * as tf from "@tensorflow/tfjs";
import type { Tape } from "./tape.ts";

/** The gradients of several losses, each with respect to all shared and to its own tensors. */
export interface TaskGradients {
  /** `shared[k][v]`: loss k by shared tensor v; `null` where it does not depend on it. */
  readonly shared: (tf.Tensor | null)[][];
  /** `own[k][v]`: loss k by the v-th tensor of its own. */
  readonly own: (tf.Tensor | null)[][];
}

/**
 * One backward pass for each loss, which gives its gradients for the shared tensors and for its own
 * at once. The caller owns the gradients.
 *
 * @param losses K scalars of the tape.
 * @param shared Tensors that all losses are differentiated by: variables, or a representation.
 * @param own For each loss the tensors that only it is differentiated by.
 */
export function taskGradients(
  tape: Tape,
  losses: readonly tf.Scalar[],
  shared: readonly tf.Tensor[],
  own: readonly (readonly tf.Tensor[])[] = losses.map(() => []),
): TaskGradients {
  const result: TaskGradients = { shared: [], own: [] };
  losses.forEach((loss, k) => {
    // Without tensors of its own, every loss asks for the same list: the tape then knows the way.
    const inputs = own[k].length === 0 ? shared : [...shared, ...own[k]];
    const gradients = tape.gradients(loss, inputs);
    result.shared.push(gradients.slice(0, shared.length));
    result.own.push(gradients.slice(shared.length));
  });
  return result;
}

/**
 * The rows of the Jacobian: every loss's gradients one after the other in one row, `[K, n]`.
 * Missing ones count as zeros. Keeps the gradients; the caller owns the result.
 *
 * @param gradients `[K][V]`, in the order of `inputs`.
 * @param inputs The tensors that the losses were differentiated by.
 */
export function jacobianRows(
  gradients: readonly (readonly (tf.Tensor | null)[])[],
  inputs: readonly tf.Tensor[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const parts = gradients.flatMap((row) =>
      row.map((gradient, at) => gradient ? gradient.reshape([-1]) : tf.zeros([inputs[at].size]))
    );
    const all = parts.length === 1 ? parts[0] : tf.concat(parts);
    return all.reshape([gradients.length, -1]) as tf.Tensor2D;
  });
}

/** Relative rounding error of sums of float32 products. */
export const FLOAT32_EPSILON = 2 ** -23;

/**
 * The Gramian of the rows of a Jacobian, read as plain numbers and made exactly symmetric. Keeps
 * the Jacobian.
 */
export async function readGramian(jacobian: tf.Tensor2D): Promise<number[][]> {
  const product = tf.tidy(() => tf.matMul(jacobian, jacobian, false, true) as tf.Tensor2D);
  const gramian = await readSymmetric(product);
  product.dispose();
  return gramian;
}

/** Reads a matrix that is symmetric up to rounding, made exactly so. Keeps the tensor. */
export async function readSymmetric(matrix: tf.Tensor2D): Promise<number[][]> {
  return symmetric(await matrix.data(), matrix.shape[0]);
}

/** A matrix from its entries, row after row, with the lower triangle taken for the upper one. */
export function symmetric(values: ArrayLike<number>, count: number): number[][] {
  return Array.from(
    { length: count },
    (_, i) =>
      Array.from({ length: count }, (_, j) => values[Math.max(i, j) * count + Math.min(i, j)]),
  );
}

/**
 * Cuts one long row into tensors of the shapes of `inputs`. Keeps the row; the caller owns the
 * results.
 */
export function splitRow(row: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const flat = row.reshape([-1]);
    let start = 0;
    return inputs.map((input) => {
      const part = flat.slice([start], [input.size]).reshape(input.shape);
      start += input.size;
      return part;
    });
  });
}

/** `weights` times the rows of a Jacobian, `[n]`. Keeps the Jacobian; the caller owns the result. */
export function weightRows(jacobian: tf.Tensor2D, weights: readonly number[]): tf.Tensor1D {
  return tf.tidy(() =>
    tf.matMul(tf.tensor2d([...weights], [1, weights.length]), jacobian).reshape([-1])
  );
}
