import * as tf from "@tensorflow/tfjs";
import { registerMissing } from "./_register_missing.ts";
import { stridedSliceArguments } from "./strided_slice.ts";

/** Gradients of operations that pick values: each value hands its gradient back to its place. */
export function repairSlices(): void {
  registerMissing({
    kernelName: "StridedSlice",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes) => ({
      x: () => {
        const places = tf.reshape(tf.range(0, x.size, 1, "int32"), x.shape);
        const picked = tf.stridedSlice(places, ...stridedSliceArguments(attributes));
        return putBack(dy as tf.Tensor, picked, x.shape);
      },
    }),
  });
  registerMissing({
    kernelName: "GatherNd",
    inputsToSave: ["params", "indices"],
    gradFunc: (dy, [params, indices]) => ({
      params: () => tf.scatterND(indices, dy as tf.Tensor, params.shape),
      indices: () => tf.zeros(indices.shape),
    }),
  });
  registerMissing({
    kernelName: "TopK",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dy, [x, indices]) => ({
      x: () => {
        const length = x.shape[x.rank - 1];
        const rows = x.size / length;
        const k = indices.shape[indices.rank - 1];
        const starts = tf.mul(
          tf.reshape(tf.range(0, rows, 1, "int32"), [rows, 1]),
          tf.scalar(length, "int32"),
        );
        const places = tf.add(tf.reshape(indices, [rows, k]), starts);
        return putBack((dy as tf.Tensor[])[0], places, x.shape);
      },
    }),
  });
}

/** Zeros of `shape`, with `values` added at the flat `places`. */
function putBack(values: tf.Tensor, places: tf.Tensor, shape: number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const flat = tf.unsortedSegmentSum(
    tf.reshape(values, [-1]),
    tf.reshape(tf.cast(places, "int32"), [-1]) as tf.Tensor1D,
    size,
  );
  return tf.reshape(flat, shape);
}
