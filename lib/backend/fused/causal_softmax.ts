import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/** Taken from what a step may not see. */
const HIDDEN = 1e9;

/**
 * The weights of causal attention: `softmax(scale * scores)` over the last axis, where step t sees only
 * the steps up to t and the others get 0. On the wasm backend the operation and its gradient are one
 * kernel each.
 *
 * @param scores `[..., steps, steps]`. Not disposed.
 * @param scale Above 0, usually one over the root of the width of a key.
 * @returns A tensor of the shape of `scores`.
 * @throws {RangeError} When the last two axes differ or the scale is not above 0.
 */
export function causalSoftmax(scores: tf.Tensor, scale: number): tf.Tensor {
  const [rows, steps] = scores.shape.slice(-2);
  if (scores.rank < 2 || rows !== steps) {
    throw new RangeError(`causalSoftmax takes [..., steps, steps], but gets [${scores.shape}].`);
  }
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`causalSoftmax: scale must be a number above 0, but is ${scale}.`);
  }
  if (!hasKernel("PolytaskSoftmax") || scores.size === 0) {
    return tf.tidy(() => {
      const seen = tf.linalg.bandPart(tf.ones([steps, steps]), -1, 0);
      return tf.softmax(scores.mul(scale).add(seen.sub(1).mul(HIDDEN)));
    });
  }
  return runFused({
    inputs: [scores],
    forward: ([x]) => [
      tf.engine().runKernel("PolytaskSoftmax", { x }, { scale, steps }) as tf.Tensor,
    ],
    needs: [],
    backward: (dy, _inputs, [y]) => [
      tf.engine().runKernel("PolytaskSoftmaxGradient", { y, dy }, { scale }) as tf.Tensor,
    ],
  });
}
