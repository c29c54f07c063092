import * as cpu from "./cpu/mod.ts";
import * as native from "./native/mod.ts";
import type { BackendName, StartedBackend, StartOptions } from "./report.ts";
import { startWasm } from "./wasm/mod.ts";
import * as webgpu from "./webgpu/mod.ts";

/** One backend: how it is started and how to get it. */
export interface Room {
  /** Its name in TensorFlow.js. */
  readonly registeredAs: string;
  readonly how: string;
  start(options: StartOptions): Promise<StartedBackend>;
}

async function startWasmRoom(options: StartOptions): Promise<StartedBackend> {
  const { threads, relaxed } = await startWasm({ threads: options.threads });
  return { device: relaxed ? "WebAssembly with relaxed SIMD" : "WebAssembly with SIMD", threads };
}

/** Every backend. */
export const rooms: Readonly<Record<BackendName, Room>> = {
  native: { registeredAs: "tensorflow", how: native.how, start: native.start },
  webgpu: { registeredAs: "webgpu", how: webgpu.how, start: webgpu.start },
  wasm: {
    registeredAs: "wasm",
    how: "It needs an engine with WebAssembly SIMD, and the package @tensorflow/tfjs-backend-wasm.",
    start: startWasmRoom,
  },
  cpu: { registeredAs: "cpu", how: cpu.how, start: cpu.start },
};
