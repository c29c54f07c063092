// How the threads talk: a block of int32 values in the shared memory.

/** Grows when there is a job: helpers sleep on it. */
export const WAKE = 0;
/** Chunks that nobody has taken yet; below 1 there is nothing to take. */
export const LEFT = 1;
/** Chunks that are done. */
export const DONE = 2;
/** 1 when a helper failed in this job. */
export const FAILED = 3;
/** Which function, how many chunks, how many arguments. */
export const FUNCTION = 4;
export const CHUNKS = 5;
export const COUNT = 6;
/** The arguments, ARGUMENT values each. */
export const ARGUMENTS = 8;
export const ARGUMENT = 5;
/** Most arguments of a function. */
const MOST_ARGUMENTS = 24;
/** Length of the block. */
export const BLOCK = ARGUMENTS + ARGUMENT * MOST_ARGUMENTS;

/**
 * An argument that depends on the chunk: `base + chunk * perChunk + thread * perThread`, at most
 * `limit`; or, for a count, the smaller of `perChunk` and what is left of `limit`.
 */
export interface PartArgument {
  readonly count: boolean;
  readonly base: number;
  readonly perChunk: number;
  readonly perThread: number;
  readonly limit: number;
}

/** The largest int32: no limit. */
export const NO_LIMIT = 2 ** 31 - 1;

/** Writes an argument into the block. */
export function writeArgument(
  block: Int32Array,
  index: number,
  argument: number | PartArgument,
): void {
  const at = ARGUMENTS + ARGUMENT * index;
  if (typeof argument === "number") {
    block[at] = 0;
    block[at + 1] = argument;
    block[at + 2] = 0;
    block[at + 3] = 0;
    block[at + 4] = NO_LIMIT;
    return;
  }
  block[at] = argument.count ? 1 : 0;
  block[at + 1] = argument.base;
  block[at + 2] = argument.perChunk;
  block[at + 3] = argument.perThread;
  block[at + 4] = argument.limit;
}

type AnyFunction = (...values: number[]) => unknown;

/** Takes chunks of the job in the block until none is left. */
export function work(block: Int32Array, functions: readonly AnyFunction[], thread: number): void {
  for (;;) {
    const left = Atomics.sub(block, LEFT, 1);
    if (left < 1) return;
    // A chunk is taken: until it is done, the job in the block stays as it is.
    try {
      const values = readArguments(block, block[CHUNKS] - left, thread);
      functions[block[FUNCTION]](...values);
    } catch {
      Atomics.store(block, FAILED, 1);
    }
    Atomics.add(block, DONE, 1);
    Atomics.notify(block, DONE);
  }
}

function readArguments(block: Int32Array, chunk: number, thread: number): number[] {
  return Array.from({ length: block[COUNT] }, (_, index) => {
    const at = ARGUMENTS + ARGUMENT * index;
    const [count, base, perChunk, perThread, limit] = block.subarray(at, at + ARGUMENT);
    if (count) return Math.min(perChunk, limit - chunk * perChunk);
    const value = (base >>> 0) + chunk * perChunk + thread * perThread;
    return limit === NO_LIMIT ? value | 0 : Math.min(value, limit);
  });
}

/** The functions of a module in an order that all threads agree on. */
export function functionTable(exports: object): { names: string[]; functions: AnyFunction[] } {
  const entries = Object.entries(exports).filter(([, value]) => typeof value === "function");
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return {
    names: entries.map(([name]) => name),
    functions: entries.map(([, value]) => value as AnyFunction),
  };
}
