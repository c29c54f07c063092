import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { NO_LIMIT } from "../../lib/backend/wasm/_jobs.ts";
import { Helpers } from "../../lib/backend/wasm/helpers.ts";
import type { KernelFunctions } from "../../lib/backend/wasm/kernel_functions.ts";

const MARKS = 4096;
const CHUNKS = 8;

Deno.test("a job ends when every chunk is done, also one that a late helper took", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const marks = new Int32Array(memory.buffer, MARKS, CHUNKS);
  // Slow enough that the thief gets its chunk of every job.
  const mark = (chunk: number) => {
    const end = performance.now() + 1;
    while (performance.now() < end);
    Atomics.add(marks, chunk, 1);
  };
  const functions = { mark } as unknown as KernelFunctions;
  const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const helpers = await Helpers.start(0, functions, { module, memory, block: 0 });
  const thief = new Worker(new URL("./_thief.ts", import.meta.url), {
    workerData: { memory, marks: MARKS, count: CHUNKS },
  });
  try {
    await once(thief, "message");
    const chunk = { count: false, base: 0, perChunk: 1, perThread: 0, limit: NO_LIMIT };
    // The first long wait makes the next jobs run without the helpers; the thief takes part still.
    for (let job = 1; job <= 6; job++) {
      helpers.run("mark", CHUNKS, [chunk]);
      assert.deepEqual([...marks], Array(CHUNKS).fill(job));
    }
  } finally {
    await thief.terminate();
  }
});
