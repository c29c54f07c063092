import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016) over the last axis:
 * `(x - mean) / sqrt(variance + epsilon) * scale + offset`, with the variance divided by the number of
 * values. On the wasm backend the operation and its gradient are one kernel each.
 *
 * @param x `[..., units]`. Not disposed.
 * @param scale `[units]`. Not disposed.
 * @param offset `[units]`. Not disposed.
 * @param epsilon Above 0. Default 1e-5.
 * @returns A tensor of the shape of `x`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function layerNorm(
  x: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon = 1e-5,
): tf.Tensor {
  const units = x.shape[x.rank - 1];
  if (x.rank < 1 || `${scale.shape}` !== `${units}` || `${offset.shape}` !== `${units}`) {
    throw new RangeError(
      `layerNorm takes [..., units], [units] and [units], but gets [${x.shape}], ` +
        `[${scale.shape}] and [${offset.shape}].`,
    );
  }
  if (!hasKernel("PolytaskLayerNorm") || x.size === 0) {
    return tf.tidy(() => {
      const centred = x.sub(x.mean(-1, true));
      const root = centred.square().mean(-1, true).add(epsilon).rsqrt();
      return centred.mul(root).mul(scale).add(offset);
    });
  }
  return runFused({
    inputs: [x, scale, offset],
    forward: ([x, scale, offset]) =>
      tf.engine().runKernel("PolytaskLayerNorm", { x, scale, offset }, { epsilon }) as tf.Tensor[],
    needs: [scale],
    backward: (dy, [scale], [, normal, factors]) => {
      const all = { dy, scale, normal, factors };
      return tf.engine().runKernel("PolytaskLayerNormGradient", all) as tf.Tensor[];
    },
  });
}
