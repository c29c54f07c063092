import type { DataType, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { withSharedMemory } from "./_shared_memory.ts";
import { readBytes } from "./module.ts";

/** The parts of the TensorFlow.js wasm backend that the kernels build on. */
export interface UpstreamBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly wasmMemory?: WebAssembly.Memory;
    readonly asm: Readonly<Record<string, unknown>>;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  readonly dataIdMap: {
    get(id: object): {
      readonly memoryOffset: number;
      readonly shape: readonly number[];
      dtype: DataType;
    };
  };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  readSync(id: object, start?: number, end?: number): ArrayLike<number>;
  disposeData(id: object): boolean;
  incRef(id: object): void;
}

/** The upstream backend, started, and the linear memory that it keeps its tensors in. */
export interface StartedUpstream {
  readonly backend: UpstreamBackend;
  readonly memory: WebAssembly.Memory;
}

const packageName = "@tensorflow/tfjs-backend-wasm";
const binary = "tfjs-backend-wasm-simd.wasm";

/**
 * Starts the TensorFlow.js wasm backend and makes it the current one.
 *
 * @param shared Threads are going to share its memory.
 * @throws {Error} When the package or its .wasm files cannot be read, or the engine has no SIMD.
 */
export async function startUpstream(shared: boolean): Promise<StartedUpstream> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const bytes = await readBytes(new URL(binary, import.meta.resolve(packageName)));
  const address = URL.createObjectURL(
    new Blob([shared ? withSharedMemory(bytes) : bytes], { type: "application/wasm" }),
  );
  // The engine has SIMD, so the other two are never asked for; upstream wants all three named.
  setWasmPaths({
    [binary]: address,
    "tfjs-backend-wasm.wasm": address,
    "tfjs-backend-wasm-threaded-simd.wasm": address,
  }, true);
  if (!await tf.setBackend("wasm")) {
    throw new Error("The TensorFlow.js wasm backend did not start.");
  }
  const backend = tf.backend() as unknown as UpstreamBackend;
  const memory = backend.wasm.wasmMemory ?? backend.wasm.asm.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error("The TensorFlow.js wasm backend does not show its memory: use version 4.22.");
  }
  URL.revokeObjectURL(address);
  if (shared && !(memory.buffer instanceof SharedArrayBuffer)) {
    throw new Error("The wasm backend was started before, without threads: call useBackend first.");
  }
  failOnFullMemory(backend);
  return { backend, memory };
}

/** Upstream takes a failed allocation for address 0 and writes there: throw instead. */
function failOnFullMemory({ wasm }: UpstreamBackend): void {
  // The first call of each function puts the real one in its place.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const pointer = allocate(bytes) >>> 0;
    if (pointer === 0 && bytes > 0) {
      const mebibytes = (count: number) => Math.ceil(count / 2 ** 20);
      throw new Error(
        `The wasm backend has no room for ${mebibytes(bytes)} MiB more: it holds ` +
          `${mebibytes(wasm.HEAPU8.length)} MiB and cannot grow past 4096. ` +
          "Use smaller batches, or dispose of tensors.",
      );
    }
    return pointer;
  };
}
