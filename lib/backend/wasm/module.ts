import { readFile } from "node:fs/promises";
import { withSharedMemory } from "./_shared_memory.ts";
import type { KernelFunctions } from "./kernel_functions.ts";

/** A compiled kernel module and whether it multiplies and adds in one instruction. */
export interface KernelModule {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
}

/**
 * Compiles the kernels: with relaxed SIMD where it is wanted and the engine has it, else without;
 * for a memory that threads share, or not.
 *
 * @throws {Error} When the engine has no WebAssembly SIMD at all.
 */
export async function compileKernels(
  { relaxed, shared }: { readonly relaxed: boolean; readonly shared: boolean },
): Promise<KernelModule> {
  const prepare = async (name: string) => {
    const bytes = await readBeside(name);
    return shared ? withSharedMemory(bytes) : bytes;
  };
  if (relaxed) {
    const bytes = await prepare("kernels_relaxed.wasm");
    if (WebAssembly.validate(bytes)) {
      return { module: await WebAssembly.compile(bytes), relaxed: true };
    }
  }
  const bytes = await prepare("kernels.wasm");
  if (!WebAssembly.validate(bytes)) {
    throw new Error("The training kernels need WebAssembly SIMD, which this engine does not have.");
  }
  return { module: await WebAssembly.compile(bytes), relaxed: false };
}

/** Binds the kernels to the memory that they work on. */
export function bindKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelFunctions {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as KernelFunctions;
}

async function readBeside(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(new URL(`./${name}`, import.meta.url));
}

/** The bytes behind a file or web address. */
export async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") return new Uint8Array(await readFile(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} cannot be read: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
