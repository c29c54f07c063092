import * as tf from "@tensorflow/tfjs";
import { backendReport, useBackend } from "../backend/mod.ts";

/**
 * Chooses the best backend, as `useBackend` does, where the program chose none. TensorFlow.js goes by
 * itself to plain JavaScript, which is many times as slow, and says nothing; so that alone counts as
 * no choice. What was computed before comes along.
 *
 * @throws {Error} When `POLYTASK_BACKEND` names a backend that is not there.
 */
export async function ensureBackend(): Promise<void> {
  if (backendReport() !== undefined) return;
  // Not `getBackend`, which would start one.
  const { backendName } = tf.engine();
  if (backendName === undefined || backendName === "cpu") await useBackend();
}
