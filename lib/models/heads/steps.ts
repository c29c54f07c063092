import * as tf from "@tensorflow/tfjs";
import type { HeadPlan } from "../../tasks/mod.ts";
import { dense, type Layer } from "../layers/mod.ts";

/** Hidden ReLU layers and one linear layer for each time step. */
export function stepsHead(
  { outputs }: Extract<HeadPlan, { kind: "steps" }>,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  if (featureShape.length !== 2) {
    throw new RangeError(
      `A head for every time step reads features [time, units], but gets [${featureShape}]; choose an encoder that keeps time (output: "steps").`,
    );
  }
  return [
    ...hidden.map((units) => dense({ units, activation: "relu" })),
    dense({ units: outputs }),
  ];
}

/** As {@linkcode stepsHead}, with the weights of a chain below the time steps. */
export function chainHead(
  { classes }: Extract<HeadPlan, { kind: "chain" }>,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  return [...stepsHead({ kind: "steps", outputs: classes }, hidden, featureShape), chain(classes)];
}

/** Puts the same rows of weights below every row: `[time, classes]` to `[time + classes + 2, classes]`. */
function chain(classes: number): Layer {
  return {
    kind: "chain",
    configuration: { classes },
    detail: "class after class",
    build([time], scope) {
      const weights = scope.variable("class after class", [classes + 2, classes], {
        kind: "zeros",
      });
      const outputShape = [time + classes + 2, classes];
      return {
        outputShape,
        apply: (input) =>
          tf.tidy(() => {
            const rows = tf.tile(weights.expandDims(0), [input.shape[0], 1, 1]);
            return tf.concat([input, rows], 1);
          }),
      };
    },
  };
}
