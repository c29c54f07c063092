import { Worker } from "node:worker_threads";
import {
  BLOCK,
  CHUNKS,
  COUNT,
  DONE,
  FAILED,
  FUNCTION,
  functionTable,
  LEFT,
  type PartArgument,
  WAKE,
  work as takeChunks,
  writeArgument,
} from "./_jobs.ts";
import type { HelperData } from "./helper.ts";
import type { KernelFunctions } from "./kernel_functions.ts";

/** Looks at the others' progress before this thread sleeps. */
const LOOKS = 2000;
/** A helper that gives no answer for this long is taken for dead. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * A wait this much longer than the own work means that a helper holds a chunk but does not run:
 * other programs have its core.
 */
const LONG_WAIT = 0.4;
const LONG_WAIT_MILLISECONDS = 0.2;
/**
 * On a busy machine the own work takes long on the clock as well, and no wait looks long beside it.
 * So a wait is also long that is longer than the system lets another program run before it takes its
 * turn, and than the same part of what the own work takes on a slow machine.
 */
const TURN_MILLISECONDS = 2;
/** Multiplications a millisecond of a slow machine. */
const SLOW = 2e6;

/** After a long wait this thread works alone for so many times as long: waits cost a tenth at most. */
const ALONE = 10;

/** Helper threads that share the memory and take parts of large kernels. */
export class Helpers {
  readonly #block: Int32Array;
  readonly #names: readonly string[];
  readonly #functions: ReturnType<typeof functionTable>["functions"];
  /** When the helpers are tried again. */
  #aloneUntil = 0;

  private constructor(block: Int32Array, functions: KernelFunctions) {
    this.#block = block;
    const table = functionTable(functions);
    this.#names = table.names;
    this.#functions = table.functions;
  }

  /** Starts `count` helpers; they do not keep the process alive. */
  static async start(
    count: number,
    functions: KernelFunctions,
    data: Omit<HelperData, "thread">,
  ): Promise<Helpers> {
    const block = new Int32Array(data.memory.buffer, data.block, BLOCK);
    block.fill(0);
    const starting = Array.from(
      { length: count },
      (_, index) => startOne({ ...data, thread: index + 1 }),
    );
    await Promise.all(starting);
    return new Helpers(block, functions);
  }

  /**
   * Runs a function on all chunks, on this thread and the helpers, and waits for the last one.
   * Where the helpers turn out to be held up, the next jobs run on this thread alone, in the same
   * chunks: the numbers are the same.
   *
   * @param work Multiplications, or what takes as long, for each thread. Default: not known.
   * @throws {Error} When the function failed on a chunk, or a helper gives no answer.
   */
  run(
    name: string,
    chunks: number,
    values: readonly (number | PartArgument)[],
    work = Infinity,
  ): void {
    const block = this.#block;
    block[FUNCTION] = this.#names.indexOf(name);
    block[CHUNKS] = chunks;
    block[COUNT] = values.length;
    for (let index = 0; index < values.length; index++) writeArgument(block, index, values[index]);
    Atomics.store(block, DONE, 0);
    Atomics.store(block, FAILED, 0);
    Atomics.store(block, LEFT, chunks);
    if (performance.now() < this.#aloneUntil) {
      takeChunks(block, this.#functions, 0);
      // A helper that woke late from an earlier job may hold a chunk of this one.
      this.#wait(name, chunks);
    } else {
      this.#runTogether(name, chunks, work / SLOW);
    }
    if (Atomics.load(block, FAILED)) {
      throw new Error(`The kernel ${name} failed on one of the threads: its input may be damaged.`);
    }
  }

  #runTogether(name: string, chunks: number, most: number): void {
    const block = this.#block;
    const start = performance.now();
    Atomics.add(block, WAKE, 1);
    Atomics.notify(block, WAKE);
    takeChunks(block, this.#functions, 0);
    const end = performance.now();
    this.#wait(name, chunks);
    const waited = performance.now() - end;
    if (isLong(waited, end - start) || waited > Math.max(TURN_MILLISECONDS, LONG_WAIT * most)) {
      this.#aloneUntil = end + (1 + ALONE) * waited;
    }
  }

  #wait(name: string, chunks: number): void {
    const block = this.#block;
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(block, DONE) === chunks) return;
    }
    const start = performance.now();
    for (let done; (done = Atomics.load(block, DONE)) < chunks;) {
      Atomics.wait(block, DONE, done, 1000);
      if (performance.now() - start > PATIENCE_MILLISECONDS) {
        throw new Error(
          `A helper thread gave no answer in the kernel ${name} for ` +
            `${PATIENCE_MILLISECONDS / 1000} s: restart with threads: 1.`,
        );
      }
    }
  }
}

function isLong(waited: number, worked: number): boolean {
  return waited > LONG_WAIT_MILLISECONDS && waited > LONG_WAIT * worked;
}

function startOne(workerData: HelperData): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./helper.ts", import.meta.url), { workerData });
    worker.once("error", reject);
    worker.once("message", () => {
      worker.unref();
      resolve();
    });
  });
}
