import * as tf from "@tensorflow/tfjs";
import { type Column, rowSize } from "./column.ts";

/**
 * Copies the rows `indices` of a column into a new tensor `[rows, ...shape]`.
 * Whole numbers stay `int32`; bytes and scaled columns become `float32`. The caller owns the result.
 */
export function gatherRows(column: Column, indices: Int32Array): tf.Tensor {
  const { values, shape, scale = 1, offset = 0 } = column;
  const size = rowSize(shape);
  const asInteger = values instanceof Int32Array && scale === 1 && offset === 0;
  const gathered = asInteger
    ? new Int32Array(indices.length * size)
    : new Float32Array(indices.length * size);
  const changes = scale !== 1 || offset !== 0;
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    if (size === 1) {
      gathered[row] = changes ? values[from] * scale + offset : values[from];
    } else if (changes) {
      const to = row * size;
      for (let at = 0; at < size; at++) gathered[to + at] = values[from + at] * scale + offset;
    } else {
      gathered.set(values.subarray(from, from + size), row * size);
    }
  }
  return tf.tensor(gathered, [indices.length, ...shape], asInteger ? "int32" : "float32");
}

/**
 * The mask of the rows `indices` as a tensor `[rows]` of 0 and 1, `"none"` when no row has a label,
 * `"all"` when every row has one. The caller owns the tensor.
 */
export function gatherMask(column: Column, indices: Int32Array): tf.Tensor1D | "all" | "none" {
  if (!column.mask) return "all";
  const gathered = new Float32Array(indices.length);
  let labelled = 0;
  for (let row = 0; row < indices.length; row++) {
    gathered[row] = column.mask[indices[row]];
    labelled += gathered[row];
  }
  if (labelled === indices.length) return "all";
  if (labelled === 0) return "none";
  return tf.tensor1d(gathered);
}
