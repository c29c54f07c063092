import type { DataType, TensorInfo } from "@tensorflow/tfjs";
import type { KernelFunctions } from "./module.ts";
import type { UpstreamBackend } from "./upstream.ts";

/** Scratch pointers are aligned to a cache line. */
const ALIGNMENT = 64;
/** Bytes of the place for the sizes of a convolution and for settings of an optimizer. */
const STRUCT_BYTES = 256;

/** Everything a kernel needs: the compiled functions, tensors as pointers, scratch memory. */
export class Runtime {
  #scratch = 0;
  #scratchBytes = 0;
  readonly #struct: number;

  constructor(
    readonly backend: UpstreamBackend,
    readonly memory: WebAssembly.Memory,
    readonly functions: KernelFunctions,
  ) {
    this.#struct = align(backend.wasm._malloc(STRUCT_BYTES + ALIGNMENT));
  }

  /** Where the values of `tensor` lie in the memory. */
  pointer(tensor: TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A new tensor whose values are not set yet. */
  output(shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
    return this.backend.makeOutput([...shape], dtype);
  }

  /** The values of `tensor`, in place: valid until the next allocation. */
  values(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array {
    return this.backend.typedArrayFromHeap(tensor);
  }

  /** The same values under another shape; counts as one more owner of them. */
  alias(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /** Gives back a tensor that a kernel made for itself. */
  release(tensor: TensorInfo): void {
    this.backend.disposeData(tensor.dataId);
  }

  /** Pointers to scratch areas of the given sizes in bytes, good until the next call. */
  scratch(...sizes: readonly number[]): number[] {
    const total = sizes.reduce((sum, size) => sum + align(size), 0);
    if (total > this.#scratchBytes) {
      if (this.#scratch) this.backend.wasm._free(this.#scratch);
      this.#scratchBytes = 0;
      this.#scratch = this.backend.wasm._malloc(Math.ceil(total * 1.25) + ALIGNMENT);
      this.#scratchBytes = Math.ceil(total * 1.25);
    }
    let next = align(this.#scratch);
    return sizes.map((size) => {
      const pointer = next;
      next += align(size);
      return pointer;
    });
  }

  /** Writes whole numbers where the kernels expect a structure; good until the next write. */
  integers(values: readonly number[]): number {
    new Int32Array(this.memory.buffer, this.#struct, values.length).set(values);
    return this.#struct;
  }

  /** Writes float32 settings where the kernels expect a structure; good until the next write. */
  floats(values: readonly number[]): number {
    new Float32Array(this.memory.buffer, this.#struct, values.length).set(values);
    return this.#struct;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
