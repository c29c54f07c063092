import * as tf from "@tensorflow/tfjs";
import { gru, lstm } from "../../../lib/backend/mod.ts";
import type { OperationCase } from "../_finite_differences.ts";

/** Attention of one head with a causal mask. */
function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const steps = q.shape[q.rank - 2];
  const mask = tf.linalg.bandPart(tf.ones([steps, steps]), -1, 0);
  const scores = tf.mul(tf.matMul(q, k, false, true), 0.5);
  const masked = tf.add(scores, tf.mul(tf.sub(mask, 1), 1e9));
  return tf.matMul(tf.softmax(masked), v);
}

const volumes: OperationCase[] = (["valid", "same"] as const).flatMap((pad) =>
  [1, 2].map((strides): OperationCase => ({
    name: `conv3d stride ${strides} ${pad}`,
    inputs: [[2, 5, 4, 5, 2], [2, 3, 2, 2, 3]],
    run: (x, filter) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides, pad),
    step: 0.5,
  }))
);

const depthwise: OperationCase[] = [
  [[2, 9, 10, 3], [3, 3, 3, 1], 1, "same"],
  [[2, 9, 10, 3], [3, 3, 3, 2], 1, "same"],
  [[2, 9, 10, 5], [3, 3, 5, 1], 2, "valid"],
  [[2, 8, 8, 8], [3, 3, 8, 1], 2, "same"],
  [[2, 9, 10, 8], [3, 3, 8, 1], 1, "same"],
  [[2, 6, 5, 4], [3, 3, 4, 1], 1, "valid"],
  [[1, 4, 1, 4], [3, 3, 4, 1], 1, "same"],
  [[1, 7, 6, 4], [5, 2, 4, 3], 1, "valid"],
].map(([image, filter, strides, pad]): OperationCase => ({
  name: `depthwiseConv2d [${image}] * [${filter}] stride ${strides} ${pad}`,
  inputs: [image as number[], filter as number[]],
  run: (x, weights) =>
    tf.depthwiseConv2d(
      x as tf.Tensor4D,
      weights as tf.Tensor4D,
      strides as number,
      pad as "same" | "valid",
    ),
  step: 0.5,
}));

const dilatedDepthwise: OperationCase[] = (["valid", "same"] as const).map((pad) => ({
  name: `depthwiseConv2d dilated ${pad}`,
  inputs: [[2, 9, 10, 3], [3, 3, 3, 2]],
  run: (x: tf.Tensor, filter: tf.Tensor) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad, "NHWC", 2),
  wrong: { tensorflow: "its kernel takes no dilations, and says so" },
  step: 0.5,
}));

const einsums: OperationCase[] = ([
  ["ij,jk->ik", [4, 3], [3, 5]],
  ["ij,kj->ik", [4, 3], [5, 3]],
  ["bhqd,bhkd->bhqk", [2, 2, 4, 3], [2, 2, 5, 3]],
  ["bi,bj->bij", [3, 4], [3, 5]],
  ["ij,ij->j", [4, 3], [4, 3]],
  ["ij,j->i", [4, 3], [3]],
  ["bij,bj->bi", [2, 4, 3], [2, 3]],
] as const).map(([equation, a, b]) => ({
  name: `einsum ${equation}`,
  inputs: [a, b],
  run: (x: tf.Tensor, y: tf.Tensor) => tf.einsum(equation, x, y),
  step: 0.5,
}));

/** Bigger pieces: attention, depthwise convolution, volumes, spectra. */
export const networks: OperationCase[] = [
  {
    name: "attention",
    inputs: [[2, 6, 4], [2, 6, 4], [2, 6, 4]],
    run: attention,
    step: 0.02,
  },
  ...([[3, 5, 4], [2, 1, 8], [5, 3, 12], [2, 4, 3]] as const).map((
    [batch, steps, units],
  ): OperationCase => ({
    name: `lstm of ${batch} rows, ${steps} steps, ${units} units`,
    inputs: [[batch, steps, 4 * units], [units, 4 * units]],
    run: (projected, recurrent) => lstm(projected, recurrent),
    range: [-1.5, 1.5],
    step: 0.02,
  })),
  {
    name: "lstm with a bias",
    inputs: [[3, 5, 16], [4, 16], [16]],
    run: (projected, recurrent, bias) => lstm(projected, recurrent, bias),
    range: [-1.5, 1.5],
    step: 0.02,
  },
  ...([[3, 5, 4], [2, 1, 8], [7, 3, 12], [2, 4, 3]] as const).map((
    [batch, steps, units],
  ): OperationCase => ({
    name: `gru of ${batch} rows, ${steps} steps, ${units} units`,
    inputs: [[batch, steps, 3 * units], [units, 3 * units], [3 * units]],
    run: (projected, recurrent, bias) => gru(projected, recurrent, bias),
    range: [-1.5, 1.5],
    step: 0.02,
  })),
  {
    name: "gru that passes absent steps",
    inputs: [[2, 4, 12], [4, 12], [12]],
    run: (projected, recurrent, bias) => {
      const present = tf.tensor3d([1, 0, 1, 1, 0, 1, 1, 0], [2, 4, 1]);
      return gru(projected, recurrent, bias, present);
    },
    range: [-1.5, 1.5],
    step: 0.02,
  },
  ...volumes,
  ...depthwise,
  ...dilatedDepthwise,
  {
    name: "fused depthwiseConv2d",
    inputs: [[2, 9, 10, 3], [3, 3, 3, 1], [3]],
    run: (x, filter, bias) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: "same",
        bias,
        activation: "relu6",
      }),
    step: 1e-4,
    tolerance: 2e-2,
  },
  {
    name: "separableConv2d",
    inputs: [[2, 9, 10, 3], [3, 3, 3, 2], [1, 1, 6, 4]],
    run: (x, d, p) =>
      tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, "same"),
  },
  ...einsums,
  {
    name: "maxPool3d",
    inputs: [[1, 6, 6, 6, 2]],
    step: 1e-3,
    run: (x) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, "valid"),
  },
  {
    name: "avgPool3d",
    inputs: [[1, 6, 6, 6, 2]],
    step: 0.5,
    run: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, "valid"),
  },
  {
    name: "magnitude of a spectrum",
    inputs: [[2, 16]],
    run: (x) => tf.abs(tf.spectral.rfft(x)),
    gradient: false,
  },
  {
    name: "stft",
    inputs: [[64]],
    gradient: false,
    run: (x) => tf.abs(tf.signal.stft(x as tf.Tensor1D, 16, 8)),
  },
  { name: "linalg.qr", inputs: [[4, 4]], run: (x) => tf.linalg.qr(x)[1], gradient: false },
];
