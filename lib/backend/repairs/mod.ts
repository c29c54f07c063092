/**
 * Gradients that TensorFlow.js lacks or has wrong, mended for every backend, and an operation that
 * it has wrong on most.
 *
 * @module
 */

import { repairAveragePool } from "./average_pool.ts";
import { repairBroadcasts } from "./broadcasts.ts";
import { repairComparisons } from "./comparisons.ts";
import { repairDilatedConvolution } from "./dilated_convolution.ts";
import { repairEinsum } from "./einsum.ts";
import { repairRelu } from "./relu.ts";
import { repairResize } from "./resize.ts";
import { repairSavedTensors } from "./saved_tensors.ts";
import { repairSingleParts } from "./single_parts.ts";
import { repairSlices } from "./slices.ts";
import { repairSoftmax } from "./softmax.ts";
import { repairStridedSlice } from "./strided_slice.ts";
import { repairSums } from "./sums.ts";

let done = false;

/** Registers all repairs; a second call does nothing. */
export function repairGradients(): void {
  if (done) return;
  done = true;
  repairAveragePool();
  repairBroadcasts();
  repairComparisons();
  repairDilatedConvolution();
  repairEinsum();
  repairRelu();
  repairResize();
  repairSingleParts();
  repairSlices();
  repairSavedTensors();
  repairSoftmax();
  repairSums();
  repairStridedSlice("cpu");
}
