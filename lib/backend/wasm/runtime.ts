import type { DataType, TensorInfo } from "@tensorflow/tfjs";
import { chunked, type Part, type Plan, whole } from "./_part.ts";
import type { Helpers } from "./helpers.ts";
import type { KernelFunctions } from "./kernel_functions.ts";
import type { UpstreamBackend } from "./upstream.ts";

/** Scratch pointers are aligned to a cache line. */
const ALIGNMENT = 64;
/** Bytes of the place for the sizes of a convolution and for settings of an optimizer. */
const STRUCT_BYTES = 256;

/** Chunks for each thread: a thread that the system holds up leaves its chunks to the others. */
const CHUNKS_PER_THREAD = 4;
/** Multiplications (or as much other work) below which helpers are not worth waking. */
export const LEAST_WORK = 800_000;

/** What {@linkcode Runtime.plan} cuts. */
export interface Work {
  readonly items: number;
  /** Multiplications, or what takes as long. */
  readonly work: number;
  /** A chunk is a multiple of this many items. Default 1. */
  readonly multiple?: number;
  /** Most chunks. Default: as many as helps. */
  readonly most?: number;
}

/** Everything a kernel needs: the compiled functions, tensors as pointers, scratch memory. */
export class Runtime {
  #scratch = 0;
  #scratchBytes = 0;
  readonly #struct: number;
  /** Leaves the helpers asleep. */
  alone = false;

  constructor(
    readonly backend: UpstreamBackend,
    readonly memory: WebAssembly.Memory,
    readonly functions: KernelFunctions,
    readonly threads = 1,
    readonly helpers?: Helpers,
    readonly leastWork = LEAST_WORK,
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

  /** Scratch areas of the same size, one for each thread: the pointer of the first one. */
  threadScratch(bytes: number): { readonly pointer: number; readonly bytes: number } {
    const each = align(bytes);
    return { pointer: this.scratch(each * this.threads)[0], bytes: each };
  }

  /** How to cut work into chunks; one chunk where there are no helpers or little to do. */
  plan({ items, work, multiple = 1, most = Infinity }: Work): Plan {
    if (!this.helpers || this.alone || work < this.leastWork || items < 2) {
      return { items, chunks: 1, chunk: items, work };
    }
    const wanted = Math.min(this.threads * CHUNKS_PER_THREAD, most, Math.ceil(items / multiple));
    const chunk = Math.ceil(items / wanted / multiple) * multiple;
    return { items, chunks: Math.ceil(items / chunk), chunk, work };
  }

  /** Runs a kernel on every chunk of a plan; `describe` gives its arguments for a part. */
  run(
    name: keyof KernelFunctions,
    plan: Plan,
    describe: <Value>(part: Part<Value>) => (number | Value)[],
  ): void {
    if (this.helpers && plan.chunks > 1) {
      this.helpers.run(name, plan.chunks, describe(chunked(plan)), plan.work / this.threads);
      return;
    }
    const call = this.functions[name] as (...values: number[]) => unknown;
    call(...describe(whole(plan)));
  }

  /** Adds the results of all chunks in their order, so that the sum is the same in every run. */
  addSlots(to: number, count: number, slots: number, bytes: number, plan: Plan): void {
    if (plan.chunks === 1) return;
    this.functions.copyValues(to, slots, count);
    for (let chunk = 1; chunk < plan.chunks; chunk++) {
      this.functions.addInto(to, slots + chunk * bytes, count);
    }
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

/** Bytes rounded up to a whole number of cache lines. */
export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
