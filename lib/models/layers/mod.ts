/**
 * Layers: the smallest parts of encoders.
 * @module
 */
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import type { Layer } from "./layer.ts";
import { globalAveragePool, globalMaxPool, maxPool } from "./pooling.ts";
import { activation, dropout, flatten } from "./simple.ts";

export { conv1d, type Conv1dOptions } from "./conv1d.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { dense, type DenseOptions } from "./dense.ts";
export { globalAveragePool, globalMaxPool, maxPool, type MaxPoolOptions } from "./pooling.ts";
export { activation, dropout, flatten } from "./simple.ts";
export type { Activation, BuiltLayer, ForwardContext, Layer } from "./layer.ts";

const makers: Readonly<Record<string, (configuration: never) => Layer>> = {
  activation,
  conv1d,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  maxPool,
};

/**
 * The layer that a saved kind and configuration describe.
 * @throws {RangeError} When the kind is not one of polytask's.
 */
export function layerFromConfiguration(
  kind: string,
  configuration: Readonly<Record<string, unknown>>,
): Layer {
  const make = makers[kind];
  if (!make) {
    throw new RangeError(
      `A saved layer is of kind "${kind}", but this version knows ${
        Object.keys(makers).join(", ")
      }.`,
    );
  }
  return make(configuration as never);
}
