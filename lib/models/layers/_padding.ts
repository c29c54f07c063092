import * as tf from "@tensorflow/tfjs";
import { noCounterpart } from "./counterpart.ts";

/** Setting of layers that work over time. */
export interface MaskZerosOption {
  /**
   * Whether time steps whose numbers are all 0 are padding, as {@linkcode embedding} makes them:
   * they change nothing and stay 0. Default `false`.
   */
  readonly maskZeros?: boolean;
}

/** In place of the counterpart of a layer with `maskZeros`. */
export const paddingHasNone = noCounterpart(
  "no layer there knows padding by its zeros and keeps it so (maskZeros)",
);

/**
 * 1 at time steps of `[batch, time, units]` that are not all 0, else 0: `[batch, time, 1]`. A step
 * function, whose derivative is 0. The caller owns the result.
 */
export function presentSteps(input: tf.Tensor): tf.Tensor3D {
  const present = tf.customGrad((value) => {
    const { shape } = value as tf.Tensor;
    return {
      value: tf.tidy(() => (value as tf.Tensor).abs().max(2, true).greater(0).toFloat()),
      gradFunc: () => tf.zeros(shape),
    };
  });
  return present(input) as tf.Tensor3D;
}
