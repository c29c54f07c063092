import * as tf from "@tensorflow/tfjs";
import { type Column, rowSize } from "./column.ts";

/** @throws {RangeError} When it is not a whole number from 1. */
export function checkBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize must be a whole number from 1, but is ${batchSize}.`);
  }
}

/**
 * Copies the rows `indices` of a column into a new tensor `[rows, ...shape]`.
 * Whole numbers stay `int32`; bytes and scaled columns become `float32`. The caller owns the result.
 */
export function gatherRows(column: Column, indices: Int32Array): tf.Tensor {
  return toTensor(column, copyRows(column, indices));
}

/**
 * The labels in the rows `indices` and, where some are missing, their mask `[rows]` of 0 and 1;
 * `undefined` when no row has a label. A missing label is 0, whatever stands in the column, so that
 * no fill value gets into a loss. The caller owns the tensors.
 */
export function gatherLabels(
  column: Column,
  indices: Int32Array,
): { readonly target: tf.Tensor; readonly mask?: tf.Tensor1D } | undefined {
  if (!column.mask) return { target: gatherRows(column, indices) };
  const mask = Float32Array.from(indices, (row) => column.mask![row]);
  if (!mask.includes(1)) return undefined;
  if (!mask.includes(0)) return { target: gatherRows(column, indices) };
  const values = copyRows(column, indices);
  const size = rowSize(column.shape);
  mask.forEach((labelled, row) => {
    if (!labelled) values.fill(0, row * size, (row + 1) * size);
  });
  return { target: toTensor(column, values), mask: tf.tensor1d(mask) };
}

function copyRows(column: Column, indices: Int32Array): Float32Array | Int32Array {
  const { values, shape, scale = 1, offset = 0 } = column;
  const size = rowSize(shape);
  const changes = scale !== 1 || offset !== 0;
  const copied = values instanceof Int32Array && !changes
    ? new Int32Array(indices.length * size)
    : new Float32Array(indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    if (size === 1) {
      copied[row] = changes ? values[from] * scale + offset : values[from];
    } else if (changes) {
      const to = row * size;
      for (let at = 0; at < size; at++) copied[to + at] = values[from + at] * scale + offset;
    } else {
      copied.set(values.subarray(from, from + size), row * size);
    }
  }
  return copied;
}

function toTensor(column: Column, values: Float32Array | Int32Array): tf.Tensor {
  const shape = [values.length / rowSize(column.shape), ...column.shape];
  return tf.tensor(values, shape, values instanceof Int32Array ? "int32" : "float32");
}
