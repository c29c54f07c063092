import type * as tf from "@tensorflow/tfjs";
import { type KernelInputs, watchKernels } from "./trace.ts";

type Count = (
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
  result: tf.Tensor,
) => number;

const none: Count = () => 0;
const eachInput: Count = ({ x }) => x.size;
const window: Count = (_inputs, { filterSize }, result) => {
  const [height, width] = [filterSize, filterSize].flat() as number[];
  return result.size * height * width;
};

/** Multiplications and additions of the kernels that are not one for each number that comes out. */
const counts: Readonly<Record<string, Count>> = {
  ...Object.fromEntries(
    [
      ...[
        "Cast",
        "Concat",
        "ExpandDims",
        "Fill",
        "GatherV2",
        "Identity",
        "OneHot",
        "Pack",
        "PadV2",
      ],
      ...["Reshape", "Reverse", "Slice", "SplitV", "StridedSlice", "Tile", "Transpose", "Unpack"],
      ...["ResizeNearestNeighbor"],
    ].map((name) => [name, none]),
  ),
  ...Object.fromEntries(["Max", "Mean", "Min", "Prod", "Sum"].map((name) => [name, eachInput])),
  AvgPool: window,
  BatchMatMul: ({ a }, { transposeA }, result) =>
    2 * result.size * a.shape[a.rank - (transposeA ? 2 : 1)],
  Conv2D: ({ filter }, _attributes, result) =>
    2 * result.size * filter.shape[0] * filter.shape[1]! * filter.shape[2]!,
  Conv2DBackpropInput: ({ dy, filter }) =>
    2 * dy.size * filter.shape[0] * filter.shape[1]! * filter.shape[2]!,
  DepthwiseConv2dNative: ({ filter }, _attributes, result) =>
    2 * result.size * filter.shape[0] * filter.shape[1]!,
  Einsum: (inputs, { equation }) => einsumFlops(Object.values(inputs), equation as string),
  MaxPool: window,
};

/** Two for every combination of the letters of an Einstein sum. */
function einsumFlops(inputs: readonly tf.Tensor[], equation: string): number {
  const sizes = new Map<string, number>();
  equation.split("->")[0].split(",").forEach((letters, at) => {
    [...letters.trim()].forEach((letter, axis) => sizes.set(letter, inputs[at].shape[axis]));
  });
  return 2 * [...sizes.values()].reduce((product, size) => product * size, 1);
}

/**
 * Floating-point operations of the kernels that `run` runs: two for every multiplication of a product
 * or a convolution, one for every other number that is computed, none for moving numbers.
 */
export function countFlops(run: () => void): number {
  let flops = 0;
  watchKernels((name, inputs: KernelInputs, attributes, results) => {
    const [result] = results;
    const count = counts[name];
    flops += count
      ? count(inputs as Readonly<Record<string, tf.Tensor>>, attributes, result)
      : results.reduce((sum, { size }) => sum + size, 0);
  }, run);
  return flops;
}
