import * as tf from "@tensorflow/tfjs";
import { finish } from "./_activation.ts";
import { checkWhole } from "./_checks.ts";
import { type Activation, activationName, type Layer } from "./layer.ts";

/** Settings of {@linkcode dense}. */
export interface DenseOptions {
  /** Number of output units, from 1. */
  readonly units: number;
  /** Default `"linear"`. */
  readonly activation?: Activation;
}

/**
 * A fully connected layer: `[batch, inputs]` to `[batch, units]`; on `[batch, time, inputs]` it
 * works on each time step.
 * @throws {RangeError} When `units` is not a whole number from 1.
 */
export function dense(options: DenseOptions): Layer {
  const { units, activation = "linear" } = options;
  checkWhole("dense", { units });
  return {
    kind: "dense",
    configuration: { units, activation },
    detail: `${units} units${activationName(activation)}`,
    build(inputShape, scope) {
      if (inputShape.length < 1 || inputShape.length > 2) {
        throw new RangeError(
          `A dense layer takes rows of shape [inputs] or [time, inputs], but gets [${inputShape}]; flatten first.`,
        );
      }
      const inputs = inputShape[inputShape.length - 1];
      const kernel = scope.variable(
        "kernel",
        [inputs, units],
        activation === "relu"
          ? { kind: "he", fanIn: inputs }
          : { kind: "glorot", fanIn: inputs, fanOut: units },
      );
      const bias = scope.variable("bias", [units], { kind: "zeros" });
      const outputShape = [...inputShape.slice(0, -1), units];
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() => {
            const rows = input.rank === 2 ? input : input.reshape([-1, inputs]);
            const result = finish(tf.matMul(rows, kernel), bias, activation);
            return input.rank === 2 ? result : result.reshape([-1, ...outputShape]);
          }),
        counterpart: (input, scope) =>
          scope.apply(
            (name) => tf.layers.dense({ name, units, activation }),
            input,
            [kernel, bias],
          ),
      };
    },
  };
}
