import * as tf from "@tensorflow/tfjs";
import type { OperationCase } from "../_finite_differences.ts";

type Pad = "valid" | "same" | tf.backend_util.ExplicitPadding;

interface Convolution {
  readonly image: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides?: number | [number, number];
  readonly pad?: Pad;
  readonly dilations?: number | [number, number];
}

const list: Convolution[] = [
  ...(["valid", "same"] as const).flatMap((pad) =>
    [1, 2, 3].flatMap((strides): Convolution[] => [
      { image: [2, 9, 10, 3], filter: [3, 3, 3, 5], strides, pad },
      { image: [2, 8, 7, 1], filter: [5, 5, 1, 10], strides, pad },
      { image: [2, 6, 6, 4], filter: [2, 3, 4, 12], strides, pad },
    ])
  ),
  { image: [2, 9, 10, 3], filter: [1, 1, 3, 5] },
  { image: [2, 9, 10, 3], filter: [1, 1, 3, 5], strides: 2, pad: "same" },
  { image: [2, 9, 10, 3], filter: [5, 3, 3, 5], strides: [2, 1], pad: "same" },
  { image: [2, 9, 10, 3], filter: [3, 5, 3, 5], strides: [1, 2], pad: "same" },
  { image: [2, 9, 10, 3], filter: [3, 3, 3, 5], pad: [[0, 0], [1, 2], [0, 1], [0, 0]] },
  { image: [2, 5, 5, 2], filter: [3, 3, 2, 4], pad: [[0, 0], [4, 4], [5, 3], [0, 0]] },
  { image: [2, 5, 5, 2], filter: [3, 3, 2, 4], strides: 2, pad: [[0, 0], [4, 3], [3, 5], [0, 0]] },
  { image: [3, 4, 4, 2], filter: [4, 4, 2, 3] },
  { image: [1, 1, 1, 3], filter: [3, 3, 3, 2], pad: "same" },
  { image: [1, 2, 40, 1], filter: [1, 7, 1, 3], pad: "same" },
  { image: [9, 3, 3, 13], filter: [2, 2, 13, 21] },
  { image: [1, 17, 19, 2], filter: [3, 3, 2, 9], pad: "same" },
  // Winograd's algorithm on the wasm backend: whole tiles, tiles that stand out, padding of all kinds.
  { image: [2, 8, 8, 16], filter: [3, 3, 16, 12], pad: "same" },
  { image: [3, 13, 11, 12], filter: [3, 3, 12, 20] },
  { image: [1, 11, 14, 12], filter: [3, 3, 12, 12], pad: [[0, 0], [1, 2], [0, 1], [0, 0]] },
  { image: [2, 7, 8, 12], filter: [3, 3, 12, 12], pad: [[0, 0], [4, 1], [3, 5], [0, 0]] },
  { image: [9, 4, 4, 24], filter: [3, 3, 24, 16], pad: "same" },
];

const dilated: Convolution[] = [
  { image: [2, 9, 10, 3], filter: [3, 3, 3, 5], dilations: 2, pad: "same" },
  { image: [2, 9, 10, 3], filter: [3, 2, 3, 5], dilations: [3, 2], pad: "valid" },
];

function describe(
  { image, filter, strides = 1, pad = "valid", dilations = 1 }: Convolution,
): string {
  const padding = typeof pad === "string" ? pad : JSON.stringify(pad);
  return `conv2d [${image}] * [${filter}] stride ${strides} ${padding} dilation ${dilations}`;
}

function toCase(convolution: Convolution): OperationCase {
  const { image, filter, strides = 1, pad = "valid", dilations = 1 } = convolution;
  return {
    name: describe(convolution),
    inputs: [image, filter],
    run: (x, weights) =>
      tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, strides, pad, "NHWC", dilations),
    step: 0.5,
    wrong: typeof pad === "string" ? undefined : { tensorflow: "takes no padding in numbers" },
  };
}

const others: OperationCase[] = [
  ...(["linear", "relu", "relu6", "elu", "sigmoid"] as const).map((activation): OperationCase => ({
    name: `fused conv2d, bias, ${activation}`,
    inputs: [[2, 9, 10, 3], [3, 3, 3, 5], [5]],
    run: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: "same",
        bias: bias as tf.Tensor1D,
        activation,
      }),
    step: 1e-4,
    tolerance: 2e-2,
  })),
  {
    name: "fused conv2d, prelu",
    inputs: [[2, 9, 10, 3], [3, 3, 3, 5], [5]],
    run: (x, filter, weights) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 2,
        pad: "same",
        activation: "prelu",
        preluActivationWeights: weights,
      }),
    gradient: false,
  },
  {
    name: "conv1d same",
    inputs: [[2, 11, 3], [3, 3, 5]],
    run: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, "same"),
    step: 0.5,
  },
  {
    name: "conv1d stride 2",
    inputs: [[2, 11, 3], [3, 3, 5]],
    run: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 2, "valid"),
    step: 0.5,
  },
  {
    name: "conv1d dilated",
    inputs: [[2, 11, 3], [3, 3, 5]],
    run: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, "same", "NWC", 2),
    step: 0.5,
  },
  {
    name: "conv2d without images",
    inputs: [[0, 5, 5, 2], [3, 3, 2, 4]],
    run: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"),
    gradient: false,
    wrong: { webgpu: "has no tensors without elements" },
  },
  ...[1, 2].map((strides): OperationCase => ({
    name: `conv2dTranspose stride ${strides}`,
    inputs: [[2, 5, 6, 4], [3, 3, 2, 4]],
    run: (x, filter) =>
      tf.conv2dTranspose(
        x as tf.Tensor4D,
        filter as tf.Tensor4D,
        [2, 5 * strides, 6 * strides, 2],
        strides,
        "same",
      ),
    step: 0.5,
  })),
];

/** Convolutions and their gradients. */
export const convolutions: OperationCase[] = [
  ...list.map(toCase),
  ...dilated.map(toCase),
  ...others,
];
