import type { TensorInfo } from "@tensorflow/tfjs";
import type { Plan } from "../_part.ts";
import type { Runtime } from "../runtime.ts";
import { gemm } from "./matrix_product.ts";

/** Whole tiles of six rows, and few chunks: each reads the recurrent matrix in every step. */
export function cutBatch(runtime: Runtime, batch: number, work: number): Plan {
  return runtime.plan({ items: batch, work, multiple: 6, most: 2 * runtime.threads });
}

/**
 * The gradient of the recurrent matrix `[units, columns]`, from the hidden states
 * `[batch, steps, units]` and the gradient `[batch, steps, columns]` of their products with it.
 */
export function recurrentGradient(
  runtime: Runtime,
  hidden: TensorInfo,
  shape: readonly number[],
  slopes: number,
): TensorInfo {
  const [batch, steps, units] = hidden.shape;
  const columns = shape[1];
  // The matrix met the hidden state of the step before, which at the first step was zero.
  const before = runtime.output(hidden.shape);
  runtime.values(before).fill(0);
  const row = steps * units;
  const from = runtime.pointer(hidden);
  const shifted = runtime.pointer(before);
  if (steps > 1) {
    runtime.functions.copyRows(from, row, shifted + 4 * units, row, batch, row - units);
  }
  const gradient = runtime.output(shape);
  gemm(
    runtime,
    { pointer: shifted, stride: units, transpose: true },
    { pointer: slopes, stride: columns, transpose: false },
    runtime.pointer(gradient),
    units,
    columns,
    batch * steps,
  );
  runtime.release(before);
  return gradient;
}
