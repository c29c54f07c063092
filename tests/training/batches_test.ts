import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { MultiTaskDataset } from "../../lib/data/dataset.ts";
import { epochBatches, stepsPerEpoch } from "../../lib/training/_batches.ts";

/** Rows 0 to 4 have a label for `a`, rows 5 to 7 for `b`. */
const apart = MultiTaskDataset.from({
  inputs: { number: { values: Float32Array.from({ length: 8 }, (_, row) => row), shape: [] } },
  targets: {
    a: { values: new Float32Array(8), shape: [], mask: Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0) },
    b: { values: new Float32Array(8), shape: [], mask: Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1) },
  },
});

async function turns(batchSize: number): Promise<[string, number[]][]> {
  const seen: [string, number[]][] = [];
  const options = { batchSize, seed: "1", epoch: 0 };
  for (const batch of epochBatches(apart, ["a", "b"], "by-task", options)) {
    const tasks = Object.keys(batch.targets);
    strictEqual(tasks.length, 1);
    strictEqual(Object.keys(batch.masks).length, 0);
    seen.push([tasks[0], Array.from(await batch.inputs.number.data())]);
    batch.dispose();
  }
  return seen;
}

Deno.test("by-task batches hold labelled rows of one task, the tasks taking turns", async () => {
  const seen = await turns(2);
  deepStrictEqual(seen.map(([task]) => task), ["a", "b", "a", "b", "a"]);
  const rowsOf = (name: string) =>
    seen.flatMap(([task, rows]) => task === name ? rows : []).sort((x, y) => x - y);
  deepStrictEqual(rowsOf("a"), [0, 1, 2, 3, 4]);
  deepStrictEqual(rowsOf("b"), [5, 6, 7]);
});

Deno.test("steps of an epoch are counted as they come", async () => {
  for (const batchSize of [1, 2, 3, 8]) {
    const steps = stepsPerEpoch(apart, ["a", "b"], "by-task", batchSize);
    strictEqual(steps, (await turns(batchSize)).length);
  }
  strictEqual(stepsPerEpoch(apart, ["a", "b"], "joint", 3), 3);
});
