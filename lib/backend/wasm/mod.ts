/**
 * Training kernels for the TensorFlow.js wasm backend: what upstream lacks, has wrong or does
 * slowly, as a small SIMD module that works on the backend's own memory.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { registerBatchRows } from "./kernels/batch_rows.ts";
import { registerCast } from "./kernels/cast.ts";
import { registerConvolution } from "./kernels/convolution.ts";
import { registerDepthwise } from "./kernels/depthwise.ts";
import { registerEinsum } from "./kernels/einsum.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { registerFourier } from "./kernels/fourier.ts";
import { registerGru } from "./kernels/gru.ts";
import { registerIdentity } from "./kernels/identity.ts";
import { registerLayerNorm } from "./kernels/layer_norm.ts";
import { registerLstm } from "./kernels/lstm.ts";
import { registerMatrixProduct } from "./kernels/matrix_product.ts";
import { registerMovement } from "./kernels/movement.ts";
import { registerOptimizers } from "./kernels/optimizers.ts";
import { registerPooling } from "./kernels/pooling.ts";
import { registerReductions } from "./kernels/reductions.ts";
import { registerSegments } from "./kernels/segments.ts";
import { registerSlices } from "./kernels/slices.ts";
import { registerCrossEntropy, registerSoftmax } from "./kernels/softmax.ts";
import { registerVolumes } from "./kernels/volumes.ts";
import { BLOCK } from "./_jobs.ts";
import { Helpers } from "./helpers.ts";
import { bindKernels, compileKernels } from "./module.ts";
import { Runtime } from "./runtime.ts";
import { startUpstream } from "./upstream.ts";

const MOST_THREADS = 64;

/** Settings of {@linkcode startWasm}. */
export interface WasmOptions {
  /** Threads that compute, from 1 to 64, this one included. Default 1. */
  readonly threads?: number;
  /** Multiplications from which on a kernel uses all threads; tests set 0. Default 800,000. */
  readonly leastWork?: number;
  /** Use relaxed SIMD (fused multiply and add) where the engine has it. Default true. */
  readonly relaxed?: boolean;
}

/** What {@linkcode startWasm} started. */
export interface WasmReport {
  /** Threads that compute, this one included. */
  readonly threads: number;
  /** Whether relaxed SIMD is used. */
  readonly relaxed: boolean;
}

let started: Promise<WasmReport> | undefined;
let runtime: Runtime | undefined;

/**
 * Computes on the calling thread alone, or on all threads again: to compare the two in one process.
 *
 * @throws {Error} Before {@linkcode startWasm}.
 */
export function useOneThread(only: boolean): void {
  if (!runtime) throw new Error("Start the wasm backend before setting its threads.");
  runtime.alone = only;
}

/**
 * Starts the wasm backend with the training kernels and makes it the current backend.
 *
 * A second call changes no setting and gives the first one's report: kernels are registered once in a
 * process.
 *
 * @throws {Error} When the engine has no WebAssembly SIMD or the package cannot be read.
 */
export async function startWasm(options: WasmOptions = {}): Promise<WasmReport> {
  started ??= start(options).catch((error) => {
    started = undefined;
    throw error;
  });
  const report = await started;
  await tf.setBackend("wasm");
  return report;
}

async function start(options: WasmOptions): Promise<WasmReport> {
  const { threads = 1, relaxed = true, leastWork } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(
      `threads must be a whole number from 1 to ${MOST_THREADS}, not ${threads}.`,
    );
  }
  const shared = threads > 1;
  const { module, ...compiled } = await compileKernels({ relaxed, shared });
  const { backend, memory } = await startUpstream(shared);
  const functions = bindKernels(module, memory);
  let helpers: Helpers | undefined;
  if (shared) {
    const block = backend.wasm._malloc(4 * BLOCK);
    helpers = await Helpers.start(threads - 1, functions, { module, memory, block });
  }
  runtime = new Runtime(backend, memory, functions, threads, helpers, leastWork);
  registerMatrixProduct(runtime);
  registerConvolution(runtime);
  registerDepthwise(runtime);
  registerVolumes(runtime);
  registerPooling(runtime);
  registerReductions(runtime);
  registerSegments(runtime);
  registerElementwise(runtime);
  registerIdentity(runtime);
  registerCast(runtime);
  registerSoftmax(runtime);
  registerCrossEntropy(runtime);
  registerLayerNorm(runtime);
  registerFourier(runtime);
  registerLstm(runtime);
  registerGru(runtime);
  registerBatchRows(runtime);
  registerSlices(runtime);
  registerMovement(runtime);
  registerEinsum(runtime);
  registerOptimizers(runtime);
  return { threads, relaxed: compiled.relaxed };
}
