import { ok } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";

/** Refuses numbers that differ by more than `tolerance` times the larger of 1 and the number. */
export function near(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
  what = "numbers",
): void {
  ok(
    actual.length === expected.length,
    `${what}: ${actual.length} instead of ${expected.length} numbers`,
  );
  for (let at = 0; at < expected.length; at++) {
    const bound = tolerance * Math.max(1, Math.abs(expected[at]));
    ok(
      Math.abs(actual[at] - expected[at]) <= bound,
      `${what}: number ${at} is ${actual[at]}, expected ${expected[at]}`,
    );
  }
}

/** The numbers of a tensor, which is released. */
export async function take(tensor: tf.Tensor): Promise<number[]> {
  const values = await tensor.data();
  tensor.dispose();
  return Array.from(values);
}
