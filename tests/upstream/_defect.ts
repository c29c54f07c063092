import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";

/** One defect of TensorFlow.js, as small as it gets. */
export interface Defect {
  readonly name: string;
  readonly backend: "cpu" | "wasm" | "webgpu" | "tensorflow";
  /** What our code does about it, to be removed when upstream has mended the defect. */
  readonly workaround: string;
  /** What upstream gives; throwing counts as wrong. */
  readonly actual: () => Promise<ArrayLike<number>>;
  readonly right: readonly number[];
}

/** Tests that a defect is still there; where upstream has mended it, the test is skipped by name. */
export async function reproduce(defect: Defect): Promise<void> {
  const mended = await isRight(defect);
  Deno.test({
    name: mended
      ? `mended upstream: ${defect.name}; remove ${defect.workaround}`
      : `still there: ${defect.name} (${defect.backend})`,
    ignore: mended,
    fn: async () => assert.equal(await isRight(defect), false),
  });
}

async function isRight({ backend, actual, right }: Defect): Promise<boolean> {
  await tf.setBackend(backend);
  try {
    const values = Array.from(await actual());
    return values.length === right.length &&
      values.every((value, index) => Math.abs(value - right[index]) < 1e-4);
  } catch {
    return false;
  }
}
