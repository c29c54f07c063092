import * as tf from "@tensorflow/tfjs";
import type { OperationCase } from "../_finite_differences.ts";

const axes = [0, 1, 2, [0, 1], [1, 2], [0, 2], [0, 1, 2], undefined] as const;

const reductions: OperationCase[] = (["sum", "mean"] as const).flatMap((name) =>
  axes.flatMap((axis) =>
    [false, true].map((keepDims): OperationCase => ({
      name: `${name} over [${axis}]${keepDims ? ", axes kept" : ""}`,
      inputs: [[6, 5, 7]],
      run: (x) => tf[name](x, axis as number | number[] | undefined, keepDims),
      step: 0.5,
    }))
  )
);

const extremes: OperationCase[] = (["max", "min"] as const).flatMap((name) =>
  [0, 1, 2].map((axis): OperationCase => ({
    name: `${name} over axis ${axis}`,
    inputs: [[6, 5, 7]],
    run: (x) => tf[name](x, axis),
    step: 1e-3,
  }))
);

const long: OperationCase[] = [[1000, 3], [517, 33], [300, 70], [40, 4], [1, 9]].map((shape) => ({
  name: `sum over the rows of [${shape}]`,
  inputs: [shape],
  run: (x: tf.Tensor) => tf.sum(x, 0),
  step: 0.5,
}));

/** Sums, means, extremes, norms and moments. */
export const reduction: OperationCase[] = [
  ...reductions,
  ...extremes,
  ...long,
  ...([[1], [2], [1, 2]] as const).map((axis): OperationCase => ({
    name: `mean over [${axis}] of images`,
    inputs: [[3, 20, 15, 6]],
    run: (x) => tf.mean(x, [...axis]),
    step: 0.5,
  })),
  {
    name: "sum over an axis without elements",
    inputs: [[0, 4]],
    run: (x) => tf.sum(x, 0),
    gradient: false,
    wrong: { webgpu: "has no tensors without elements" },
  },
  { name: "prod", inputs: [[3, 4, 5]], run: (x) => tf.prod(x, 1), range: [0.5, 1.5] },
  { name: "L2 norm", inputs: [[4, 6]], run: (x) => tf.norm(x) },
  { name: "L2 norm of rows", inputs: [[4, 6]], run: (x) => tf.norm(x, 2, 1) },
  { name: "L1 norm", inputs: [[4, 6]], run: (x) => tf.norm(x, 1), step: 1e-3 },
  {
    name: "moments",
    inputs: [[4, 5, 3]],
    run: (x) => {
      const { mean, variance } = tf.moments(x, [0, 1]);
      return tf.add(mean, tf.mul(variance, 2));
    },
  },
  {
    name: "clipping by the norm",
    inputs: [[4, 6]],
    run: (x) => tf.mul(x, tf.minimum(1, tf.div(0.5, tf.norm(x)))),
    step: 0.01,
  },
  ...[false, true].flatMap((exclusive) =>
    [false, true].map((reverse): OperationCase => ({
      name: `cumsum${exclusive ? ", exclusive" : ""}${reverse ? ", reverse" : ""}`,
      inputs: [[3, 8]],
      run: (x) => tf.cumsum(x, 1, exclusive, reverse),
      step: 0.5,
    }))
  ),
  { name: "logSumExp", inputs: [[4, 6]], run: (x) => tf.logSumExp(x, 1) },
  ...[0, 1].map((axis): OperationCase => ({
    name: `argMax over axis ${axis}`,
    inputs: [[4, 6]],
    run: (x) => tf.cast(tf.argMax(x, axis), "float32"),
    gradient: false,
  })),
];
