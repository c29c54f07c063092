/**
 * Gradients that TensorFlow.js lacks or has wrong on every backend.
 *
 * @module
 */

import { repairBroadcasts } from "./broadcasts.ts";
import { repairComparisons } from "./comparisons.ts";
import { repairRelu } from "./relu.ts";

let done = false;

/** Registers all repairs; a second call does nothing. */
export function repairGradients(): void {
  if (done) return;
  done = true;
  repairComparisons();
  repairBroadcasts();
  repairRelu();
}
