import * as tf from "@tensorflow/tfjs";
import type { Task } from "polytask";
import { checkGradients } from "../backend/_finite_differences.ts";
import { take } from "../_numbers.ts";

/** The losses of some rows, and the gradient of their sum. */
export async function lossesOf(
  task: Task,
  output: tf.Tensor,
  target: tf.Tensor,
): Promise<{ losses: number[]; gradient: number[] }> {
  const losses = await take(task.rowLosses(output, target));
  const gradient = await take(tf.grad((z) => task.rowLosses(z, target).sum())(output));
  return { losses, gradient };
}

/** Compares the gradient of the row losses with finite differences. */
export async function checkLossGradient(
  task: Task,
  shape: readonly number[],
  target: tf.Tensor,
  options: { readonly range?: readonly [number, number]; readonly step?: number } = {},
): Promise<void> {
  await checkGradients({
    name: `${task.kind} ${task.name}`,
    inputs: [shape],
    run: (output) => task.rowLosses(output, target),
    tolerance: 4e-3,
    ...options,
  });
}
