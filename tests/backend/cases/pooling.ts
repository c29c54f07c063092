import * as tf from "@tensorflow/tfjs";
import type { OperationCase } from "../_finite_differences.ts";

const windows = [
  { filter: 2, stride: 2, pad: "valid" },
  { filter: 2, stride: 2, pad: "same" },
  { filter: 3, stride: 2, pad: "same" },
  { filter: 3, stride: 1, pad: "same" },
  { filter: 2, stride: 1, pad: "valid" },
  { filter: 2, stride: 3, pad: "valid" },
  { filter: 3, stride: 3, pad: "same" },
] as const;

const shapes = [[2, 9, 10, 3], [1, 6, 8, 10], [2, 4, 4, 4], [1, 5, 5, 1]] as const;

/** The values of a range that lies below zero: a maximum need not be positive. */
const negative = [-2, -0.5] as const;

const maximum: OperationCase[] = windows.flatMap(({ filter, stride, pad }) =>
  shapes.flatMap((shape) =>
    ([[-1, 1], negative] as const).map((range) => ({
      name: `maxPool ${filter} stride ${stride} ${pad} of [${shape}] in [${range}]`,
      inputs: [shape],
      run: (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, filter, stride, pad),
      range,
      step: 2e-4,
    }))
  )
);

const average: OperationCase[] = windows.flatMap(({ filter, stride, pad }) =>
  shapes.map((shape) => ({
    name: `avgPool ${filter} stride ${stride} ${pad} of [${shape}]`,
    inputs: [shape],
    run: (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, filter, stride, pad),
    step: 0.5,
  }))
);

/** Pooling and its gradients. */
export const pooling: OperationCase[] = [
  ...maximum,
  ...average,
  {
    name: "global average pooling",
    inputs: [[2, 6, 6, 3]],
    run: (x) => tf.mean(x, [1, 2]),
    step: 0.5,
  },
  {
    name: "global max pooling",
    inputs: [[2, 6, 6, 3]],
    run: (x) => tf.max(x, [1, 2]),
    step: 1e-3,
  },
];
