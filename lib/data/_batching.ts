import * as tf from "@tensorflow/tfjs";
import { Random } from "../math/random.ts";
import type { Batch } from "./batch.ts";
import { type Column, type ColumnValues, rowSize } from "./column.ts";
import { clearRows, copyRows, emptyLike, scaled } from "./_copy_rows.ts";

/** Makes a tensor from numbers as they are written into it; see `backend/wasm/kernels/batch_rows.ts`. */
const ROWS_KERNEL = "PolytaskRows";

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
    ? upTo(size)
    : Random.stream(seed, `order of epoch ${epoch}`).permutation(size);
}

/** The whole numbers from 0 to `size - 1`. */
export function upTo(size: number): Int32Array {
  const numbers = new Int32Array(size);
  for (let at = 0; at < size; at++) numbers[at] = at;
  return numbers;
}

/** The rows of all columns as a batch; the caller owns it. */
export function makeBatch<Input extends string, Target extends string>(
  inputColumns: Readonly<Record<Input, Column>>,
  targetColumns: Readonly<Record<Target, Column>>,
  rows: Int32Array,
): Batch<Input, Target> {
  const inputs = {} as Record<Input, tf.Tensor>;
  const targets: Partial<Record<Target, tf.Tensor>> = {};
  const masks: Partial<Record<Target, tf.Tensor1D>> = {};
  for (const name of Object.keys(inputColumns) as Input[]) {
    inputs[name] = gatherRows(inputColumns[name], rows);
  }
  for (const name of Object.keys(targetColumns) as Target[]) {
    const labels = gatherLabels(targetColumns[name], rows);
    if (!labels) continue;
    targets[name] = labels.target;
    if (labels.mask) masks[name] = labels.mask;
  }
  return {
    size: rows.length,
    inputs,
    targets,
    masks,
    dispose() {
      for (const group of [inputs, targets, masks]) {
        for (const tensor of Object.values<tf.Tensor | undefined>(group)) tensor?.dispose();
      }
    },
  };
}

/**
 * Copies the rows `indices` of a column into a new tensor `[rows, ...shape]`.
 * Whole numbers stay `int32`; bytes and scaled columns become `float32`. The caller owns the result.
 */
export function gatherRows(column: Column, indices: Int32Array): tf.Tensor {
  const { values, shape } = column;
  const size = rowSize(shape);
  return toTensor(column, indices.length, (place) => copyRows(values, indices, size, place));
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
  const mask = new Float32Array(indices.length);
  let labelled = 0;
  for (let row = 0; row < mask.length; row++) labelled += mask[row] = column.mask[indices[row]];
  if (labelled === 0) return undefined;
  if (labelled === mask.length) return { target: gatherRows(column, indices) };
  return { target: gatherMasked(column, indices, mask), mask: tf.tensor1d(mask) };
}

function gatherMasked(column: Column, indices: Int32Array, mask: Float32Array): tf.Tensor {
  const { values, shape, scale = 1, offset = 0 } = column;
  const size = rowSize(shape);
  if (offset === 0) {
    return toTensor(column, indices.length, (place) => {
      copyRows(values, indices, size, place);
      clearRows(mask, size, place);
    });
  }
  // An offset would make something else of the zeros.
  const raw = emptyLike(values, indices.length * size);
  copyRows(values, indices, size, raw);
  const labels = scaled(raw, scale, offset);
  clearRows(mask, size, labels);
  return tf.tensor(labels, [indices.length, ...shape], "float32");
}

/**
 * A tensor `[rows, ...shape]` of the numbers that `write` writes as they stand in the column. Where
 * the backend can, they are written straight into its memory and scaled there.
 */
function toTensor(
  { values, shape: rowShape, scale = 1, offset = 0 }: Column,
  rows: number,
  write: (place: ColumnValues) => void,
): tf.Tensor {
  const shape = [rows, ...rowShape];
  if (rows > 0 && tf.getKernel(ROWS_KERNEL, tf.getBackend())) {
    const raw = values instanceof Uint8Array
      ? "uint8"
      : values instanceof Int32Array
      ? "int32"
      : "float32";
    // Attributes of kernels may be of any kind; their type upstream does not name functions.
    const attributes: object = { shape, raw, scale, offset, write };
    return tf.engine().runKernel(ROWS_KERNEL, {}, attributes as tf.NamedAttrMap) as tf.Tensor;
  }
  const raw = emptyLike(values, rows * rowSize(rowShape));
  write(raw);
  const numbers = scaled(raw, scale, offset);
  return tf.tensor(numbers, shape, numbers instanceof Int32Array ? "int32" : "float32");
}
