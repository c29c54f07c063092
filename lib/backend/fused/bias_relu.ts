import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/**
 * `relu(x + bias)`, the bias along the last axis. On the wasm backend the operation and its gradient
 * are one kernel each.
 *
 * @param x `[..., units]`, of rank 2 or more. Not disposed.
 * @param bias `[units]`. Not disposed.
 * @returns A tensor of the shape of `x`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function biasRelu(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const units = x.shape[x.rank - 1];
  if (x.rank < 2 || `${bias.shape}` !== `${units}`) {
    throw new RangeError(
      `biasRelu takes [..., units] and [units], but gets [${x.shape}] and [${bias.shape}].`,
    );
  }
  if (!hasKernel("PolytaskBiasRelu") || x.size === 0) return tf.tidy(() => tf.relu(x.add(bias)));
  return runFused({
    inputs: [x, bias],
    forward: ([x, bias]) => [tf.engine().runKernel("PolytaskBiasRelu", { x, bias }) as tf.Tensor],
    needs: [],
    backward: (dy, _needs, [y]) =>
      tf.engine().runKernel("PolytaskBiasReluGradient", { dy, y }) as tf.Tensor[],
  });
}
