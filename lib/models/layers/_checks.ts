import type * as tf from "@tensorflow/tfjs";

/** Refuses settings of a layer that are not whole numbers from 1. */
export function checkWhole(layer: string, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${layer}: ${name} must be a whole number from 1, but is ${value}.`);
    }
  }
}

/** Whole numbers as float32, for kernels that multiply them with weights. */
export function asFloat(input: tf.Tensor): tf.Tensor {
  return input.dtype === "float32" ? input : input.toFloat();
}
