/**
 * The plain JavaScript backend: runs everywhere, slowly.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { StartedBackend } from "../report.ts";

/** How to get this backend when it is missing. */
export const how = "It comes with @tensorflow/tfjs.";

/** Makes the plain JavaScript backend the current one. */
export async function start(): Promise<StartedBackend> {
  await tf.setBackend("cpu");
  return { device: "plain JavaScript", threads: 1 };
}
