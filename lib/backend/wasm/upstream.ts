import type { DataType, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";

/** The parts of the TensorFlow.js wasm backend that the kernels build on. */
export interface UpstreamBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly wasmMemory?: WebAssembly.Memory;
    readonly asm: Readonly<Record<string, unknown>>;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number; dtype: DataType } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(id: object): boolean;
  incRef(id: object): void;
}

/** The upstream backend, started, and the linear memory that it keeps its tensors in. */
export interface StartedUpstream {
  readonly backend: UpstreamBackend;
  readonly memory: WebAssembly.Memory;
}

/**
 * Starts the TensorFlow.js wasm backend and makes it the current one.
 *
 * @throws {Error} When the package or its .wasm files cannot be read, or the engine has no SIMD.
 */
export async function startUpstream(): Promise<StartedUpstream> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (!tf.findBackend("wasm")) {
    const folder = new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
    setWasmPaths(folder.protocol === "file:" ? fileName(folder) : folder.href);
  }
  if (!await tf.setBackend("wasm")) {
    throw new Error("The TensorFlow.js wasm backend did not start.");
  }
  const backend = tf.backend() as unknown as UpstreamBackend;
  const memory = backend.wasm.wasmMemory ?? backend.wasm.asm.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error("The TensorFlow.js wasm backend does not show its memory: use version 4.22.");
  }
  failOnFullMemory(backend);
  return { backend, memory };
}

/** The file name of a file URL, on Windows without the slash before the drive. */
function fileName(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, "$1");
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
