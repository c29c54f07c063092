import * as tf from "@tensorflow/tfjs";
import { activations } from "./_activation.ts";
import type { Activation, Layer } from "./layer.ts";

/** All numbers of a row in one line: `[batch, ...]` to `[batch, numbers]`. */
export function flatten(): Layer {
  return {
    kind: "flatten",
    configuration: {},
    detail: "",
    build(inputShape) {
      const size = inputShape.reduce((product, side) => product * side, 1);
      return {
        outputShape: [size],
        apply: (input) => input.reshape([-1, size]),
        counterpart: (input, scope) =>
          inputShape.length === 1
            ? input
            : scope.apply((name) => tf.layers.flatten({ name }), input),
      };
    },
  };
}

/** An activation on its own. */
export function activation(options: { readonly activation: Activation }): Layer {
  return {
    kind: "activation",
    configuration: { ...options },
    detail: options.activation === "relu" ? "ReLU" : options.activation,
    build: (inputShape) => ({
      outputShape: inputShape,
      apply: activations[options.activation],
      counterpart: (input, scope) =>
        scope.apply((name) => tf.layers.activation({ name, ...options }), input),
    }),
  };
}

/**
 * While training, sets each number to 0 with probability `rate` and divides the others by
 * `1 - rate` (Srivastava et al. 2014). Otherwise does nothing.
 * @throws {RangeError} When `rate` is not in [0, 1).
 */
export function dropout(options: { readonly rate: number }): Layer {
  const { rate } = options;
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`The rate of a dropout layer must be in [0, 1), but is ${rate}.`);
  }
  return {
    kind: "dropout",
    configuration: { rate },
    detail: `rate ${rate}`,
    build: (inputShape) => ({
      outputShape: inputShape,
      apply(input, { training, random }) {
        if (!training || rate === 0) return input.clone();
        if (!random) throw new Error("A dropout layer needs `random` in training.");
        return tf.tidy(() => {
          const kept = new Float32Array(input.size);
          for (let at = 0; at < kept.length; at++) {
            kept[at] = random.uniform() < rate ? 0 : 1 / (1 - rate);
          }
          return input.mul(tf.tensor(kept, input.shape));
        });
      },
      counterpart: (input, scope) =>
        scope.apply((name) => tf.layers.dropout({ name, rate }), input),
    }),
  };
}
