/**
 * A helper thread: sleeps until there is a job, takes chunks of it, sleeps again.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { BLOCK, functionTable, WAKE, work } from "./_jobs.ts";

/** What a helper is started with. */
export interface HelperData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where the block of the jobs lies. */
  readonly block: number;
  readonly thread: number;
}

/** Looks before it goes to sleep: jobs often follow each other closely. */
const LOOKS = 2000;

const { module, memory, block: pointer, thread } = workerData as HelperData;
const instance = new WebAssembly.Instance(module, { env: { memory } });
const { functions } = functionTable(instance.exports);
const block = new Int32Array(memory.buffer, pointer, BLOCK);
let seen = Atomics.load(block, WAKE);
parentPort?.postMessage("ready");
for (;;) {
  for (let look = 0; look < LOOKS && Atomics.load(block, WAKE) === seen; look++);
  Atomics.wait(block, WAKE, seen);
  seen = Atomics.load(block, WAKE);
  work(block, functions, thread);
}
