/**
 * Training kernels for the TensorFlow.js wasm backend: what upstream lacks, has wrong or does
 * slowly, as a small SIMD module that works on the backend's own memory.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { registerConvolution } from "./kernels/convolution.ts";
import { registerDepthwise } from "./kernels/depthwise.ts";
import { registerEinsum } from "./kernels/einsum.ts";
import { registerElementwise } from "./kernels/elementwise.ts";
import { registerIdentity } from "./kernels/identity.ts";
import { registerMatrixProduct } from "./kernels/matrix_product.ts";
import { registerOptimizers } from "./kernels/optimizers.ts";
import { registerPooling } from "./kernels/pooling.ts";
import { registerReductions } from "./kernels/reductions.ts";
import { registerSegments } from "./kernels/segments.ts";
import { registerSlices } from "./kernels/slices.ts";
import { registerVolumes } from "./kernels/volumes.ts";
import { bindKernels, compileKernels } from "./module.ts";
import { Runtime } from "./runtime.ts";
import { startUpstream } from "./upstream.ts";

/** Settings of {@linkcode startWasm}. */
export interface WasmOptions {
  /** Use relaxed SIMD (fused multiply and add) where the engine has it. Default true. */
  readonly relaxed?: boolean;
}

/** What {@linkcode startWasm} started. */
export interface WasmReport {
  readonly threads: number;
  readonly relaxed: boolean;
}

let started: Promise<WasmReport> | undefined;

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

async function start({ relaxed = true }: WasmOptions): Promise<WasmReport> {
  const compiled = await compileKernels({ relaxed });
  const { backend, memory } = await startUpstream();
  const runtime = new Runtime(backend, memory, bindKernels(compiled.module, memory));
  registerMatrixProduct(runtime);
  registerConvolution(runtime);
  registerDepthwise(runtime);
  registerVolumes(runtime);
  registerPooling(runtime);
  registerReductions(runtime);
  registerSegments(runtime);
  registerElementwise(runtime);
  registerIdentity(runtime);
  registerSlices(runtime);
  registerEinsum(runtime);
  registerOptimizers(runtime);
  return { threads: 1, relaxed: compiled.relaxed };
}
