import * as tf from "@tensorflow/tfjs";
import { causalSoftmax, layerNorm, softmaxCrossEntropy } from "../../../lib/backend/mod.ts";
import type { OperationCase } from "../_finite_differences.ts";

const labels = () => tf.oneHot(tf.tensor1d([1, 0, 3, 5], "int32"), 6);
const binaryLabels = () =>
  tf.cast(tf.greater(tf.sin(tf.range(0, 24)), 0), "float32").reshape([4, 6]);
const logits = [[4, 6]] as const;

/** The same classes for every number of rows. */
const classesOf = (rows: number, classes: number) =>
  tf.tensor1d(Array.from({ length: rows }, (_, row) => row * 3 % classes), "int32");

/** Operations that are one kernel on the wasm backend; sizes with and without a rest of four. */
const fused: OperationCase[] = [
  ...[[4, 6], [5, 8], [7, 10], [2, 3], [37, 64]].map(([rows, classes]): OperationCase => ({
    name: `softmaxCrossEntropy of rows [${rows},${classes}]`,
    inputs: [[rows, classes]],
    run: (x) => softmaxCrossEntropy(x, classesOf(rows, classes)),
  })),
  {
    name: "softmaxCrossEntropy with labels that are no classes",
    inputs: [[3, 5]],
    run: (x) => softmaxCrossEntropy(x, tf.tensor1d([-1, 4, 5], "int32")),
  },
  {
    name: "softmaxCrossEntropy of large numbers",
    inputs: [[4, 6]],
    run: (x) => softmaxCrossEntropy(tf.mul(x, 200), classesOf(4, 6)),
    step: 1e-4,
    tolerance: 2e-2,
  },
  ...[[5, 12], [2, 3, 7], [33, 16], [3, 2]].map((shape): OperationCase => {
    const units = shape[shape.length - 1];
    return {
      name: `layerNorm of [${shape}]`,
      inputs: [shape, [units], [units]],
      run: (x, scale, offset) => layerNorm(x, scale, offset, 1e-3),
      step: 0.01,
    };
  }),
  ...[[4, 4], [2, 3, 5, 5], [2, 9, 9]].map((shape): OperationCase => ({
    name: `causalSoftmax of [${shape}]`,
    inputs: [shape],
    run: (x) => causalSoftmax(x, 1.7),
  })),
];

/** Losses and normalisations. */
export const losses: OperationCase[] = [
  ...fused,
  { name: "softmax", inputs: logits, run: (x) => tf.softmax(x as tf.Tensor2D) },
  { name: "softmax of four axes", inputs: [[2, 3, 4, 6]], run: (x) => tf.softmax(x) },
  {
    name: "softmax of a long row",
    inputs: [[17, 70]],
    run: (x) => tf.softmax(tf.mul(x, 30)),
    step: 1e-3,
  },
  { name: "softmax of one class", inputs: [[3, 1]], run: (x) => tf.softmax(x) },
  { name: "logSoftmax", inputs: logits, run: (x) => tf.logSoftmax(x) },
  {
    name: "logSoftmax of large numbers",
    inputs: logits,
    run: (x) => tf.logSoftmax(tf.mul(x, 200)),
    step: 1e-4,
    tolerance: 2e-2,
  },
  {
    name: "softmaxCrossEntropy",
    inputs: logits,
    run: (x) => tf.losses.softmaxCrossEntropy(labels(), x),
  },
  {
    name: "cross-entropy through logSoftmax",
    inputs: logits,
    run: (x) => tf.neg(tf.mean(tf.sum(tf.mul(labels(), tf.logSoftmax(x)), 1))),
  },
  {
    name: "sigmoidCrossEntropy",
    inputs: logits,
    run: (x) => tf.losses.sigmoidCrossEntropy(binaryLabels(), x),
    step: 1e-3,
  },
  {
    name: "meanSquaredError",
    inputs: [[4, 6], [4, 6]],
    run: (x, y) => tf.losses.meanSquaredError(x, y),
  },
  {
    name: "huberLoss",
    inputs: [[4, 6], [4, 6]],
    run: (x, y) => tf.losses.huberLoss(x, y, undefined, 0.3),
    step: 1e-3,
  },
  {
    name: "absoluteDifference",
    inputs: [[4, 6], [4, 6]],
    run: (x, y) => tf.losses.absoluteDifference(x, y),
    step: 1e-3,
  },
  {
    name: "cosineDistance",
    inputs: [[4, 6], [4, 6]],
    run: (x, y) => tf.losses.cosineDistance(x, y, 1),
  },
  {
    name: "batchNorm",
    inputs: [[2, 4, 4, 3], [3], [3], [3], [3]],
    run: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.add(variance, 2) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
  },
  {
    name: "layer normalisation",
    inputs: [[5, 12], [12], [12]],
    run: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, -1, true);
      const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normal, scale), offset);
    },
    step: 0.01,
  },
  {
    name: "localResponseNormalization",
    inputs: [[1, 3, 3, 6]],
    run: (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1, 1, 0.5),
  },
];
