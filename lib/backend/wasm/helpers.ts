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
  work,
  writeArgument,
} from "./_jobs.ts";
import type { HelperData } from "./helper.ts";
import type { KernelFunctions } from "./module.ts";

/** Looks at the others' progress before this thread sleeps. */
const LOOKS = 2000;
/** A helper that gives no answer for this long is taken for dead. */
const PATIENCE_MILLISECONDS = 60_000;

/** Helper threads that share the memory and take parts of large kernels. */
export class Helpers {
  readonly #block: Int32Array;
  readonly #names: readonly string[];
  readonly #functions: ReturnType<typeof functionTable>["functions"];

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
   *
   * @throws {Error} When the function failed on a chunk, or a helper gives no answer.
   */
  run(name: string, chunks: number, values: readonly (number | PartArgument)[]): void {
    const block = this.#block;
    block[FUNCTION] = this.#names.indexOf(name);
    block[CHUNKS] = chunks;
    block[COUNT] = values.length;
    for (let index = 0; index < values.length; index++) writeArgument(block, index, values[index]);
    Atomics.store(block, DONE, 0);
    Atomics.store(block, FAILED, 0);
    Atomics.store(block, LEFT, chunks);
    Atomics.add(block, WAKE, 1);
    Atomics.notify(block, WAKE);
    work(block, this.#functions, 0);
    this.#wait(name, chunks);
    if (Atomics.load(block, FAILED)) {
      throw new Error(`The kernel ${name} failed on one of the threads: its input may be damaged.`);
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
