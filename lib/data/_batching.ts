import * as tf from "@tensorflow/tfjs";
import { Random } from "../math/random.ts";
import { type Column, rowSize } from "./column.ts";

/** @throws {RangeError} When it is not a whole number from 1. */
export function checkBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize must be a whole number from 1, but is ${batchSize}.`);
  }
}

/** Positions 0 to `size - 1` in the order of an epoch: as they are, or mixed by the seed. */
export function epochOrder(
  size: number,
  seed: number | string | undefined,
  epoch: number,
): Int32Array {
  return seed === undefined
    ? Int32Array.from({ length: size }, (_, at) => at)
    : Random.stream(seed, `order of epoch ${epoch}`).permutation(size);
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
  if (values instanceof Int32Array && !changes) {
    return gather(values, indices, size, new Int32Array(indices.length * size));
  }
  const copied = new Float32Array(indices.length * size);
  if (!changes) return gather(values, indices, size, copied);
  if (values instanceof Uint8Array) scaleBytes(values, indices, size, scale, offset, copied);
  else scaleNumbers(values, indices, size, scale, offset, copied);
  return copied;
}

/** Rows up to this size are copied number by number: a native copy takes longer to begin. */
const SHORT_ROW = 64;

function gather<Copied extends Float32Array | Int32Array>(
  values: Column["values"],
  indices: Int32Array,
  size: number,
  copied: Copied,
): Copied {
  if (size <= SHORT_ROW && values instanceof Float32Array && copied instanceof Float32Array) {
    gatherShort(values, indices, size, copied);
    return copied;
  }
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    if (size === 1) copied[row] = values[from];
    else copied.set(values.subarray(from, from + size), row * size);
  }
  return copied;
}

// A loop of its own for each type of array: the compiler makes one that sees several types slow.

function gatherShort(
  values: Float32Array,
  indices: Int32Array,
  size: number,
  copied: Float32Array,
): void {
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) copied[to++] = values[at];
  }
}

function scaleBytes(
  values: Uint8Array,
  indices: Int32Array,
  size: number,
  scale: number,
  offset: number,
  copied: Float32Array,
): void {
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) copied[to++] = values[at] * scale + offset;
  }
}

function scaleNumbers(
  values: Float32Array | Int32Array,
  indices: Int32Array,
  size: number,
  scale: number,
  offset: number,
  copied: Float32Array,
): void {
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) copied[to++] = values[at] * scale + offset;
  }
}

function toTensor(column: Column, values: Float32Array | Int32Array): tf.Tensor {
  const shape = [values.length / rowSize(column.shape), ...column.shape];
  return tf.tensor(values, shape, values instanceof Int32Array ? "int32" : "float32");
}
