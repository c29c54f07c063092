import * as tf from "@tensorflow/tfjs";
import type { HeadPlan } from "../../tasks/mod.ts";
import { dense, type Layer } from "../layers/mod.ts";
import { pooled } from "./vector.ts";

/** Hidden ReLU layers, one number without a bias, and a threshold for each border between classes. */
export function thresholdsHead(
  { count, pool }: Extract<HeadPlan, { kind: "thresholds" }>,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  return [
    ...pooled(featureShape, pool),
    ...hidden.map((units) => dense({ units, activation: "relu" })),
    thresholds(count),
  ];
}

function thresholds(count: number): Layer {
  return {
    kind: "thresholds",
    configuration: { count },
    detail: `${count} thresholds`,
    build([inputs], scope) {
      const kernel = scope.variable("kernel", [inputs, 1], {
        kind: "glorot",
        fanIn: inputs,
        fanOut: 1,
      });
      // Apart from each other and in order from the start: the borders of even classes.
      const values = Array.from({ length: count }, (_, k) => {
        const above = (count - k) / (count + 1);
        return Math.log(above / (1 - above));
      });
      const bias = scope.variable("thresholds", [count], { kind: "values", values });
      return {
        outputShape: [count],
        apply: (input) => tf.tidy(() => tf.matMul(input, kernel).add(bias)),
      };
    },
  };
}
