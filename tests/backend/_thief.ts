/**
 * A helper that nobody wakes: it takes a chunk of every job that it sees and is slow with it.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { BLOCK, work } from "../../lib/backend/wasm/_jobs.ts";

const { memory, marks, count } = workerData as {
  readonly memory: WebAssembly.Memory;
  readonly marks: number;
  readonly count: number;
};
const block = new Int32Array(memory.buffer, 0, BLOCK);
const chunks = new Int32Array(memory.buffer, marks, count + 1);
const mark = (chunk: number) => {
  Atomics.wait(chunks, count, 0, 30);
  Atomics.add(chunks, chunk, 1);
};
parentPort?.postMessage("ready");
for (;;) work(block, [mark], 1);
