import type { TensorInfo } from "@tensorflow/tfjs";
import type { Plan } from "../_part.ts";
import { size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Multiplications that take as long as an exponential with what belongs to it. */
const WORK_PER_VALUE = 16;

/** Shares out the rows of the last axis, for kernels with an exponential or so for each value. */
export function cutRows(
  runtime: Runtime,
  x: TensorInfo,
): { rows: number; columns: number; plan: Plan } {
  const columns = x.shape[x.shape.length - 1];
  const rows = columns === 0 ? 0 : size(x.shape) / columns;
  const plan = runtime.plan({ items: rows, work: WORK_PER_VALUE * size(x.shape), multiple: 4 });
  return { rows, columns, plan };
}
