import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { type Column, MultiTaskDataset } from "polytask";
import { rowSize } from "../../lib/data/column.ts";
import { testOnBackends } from "../_backends.ts";

/** Everything that a column may be. */
const columns = fc.record({
  type: fc.constantFrom("bytes", "whole", "float"),
  shape: fc.constantFrom([], [1], [3], [5, 7], [97], [4, 5, 6]),
  scale: fc.constantFrom(undefined, 1 / 255, 0.1, 3),
  offset: fc.constantFrom(undefined, -0.5, 1e-3),
  masked: fc.boolean(),
  rows: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});

function columnOf(
  { type, shape, scale, offset, rows, seed }: typeof columns extends fc.Arbitrary<infer T> ? T
    : never,
): Column {
  const numbers = Array.from(
    { length: rows * rowSize(shape) },
    (_, at) => (at * 7919 + seed * 104729) % 1009 / 3,
  );
  const values = type === "bytes"
    ? Uint8Array.from(numbers)
    : type === "whole"
    ? Int32Array.from(numbers, (number) => number * 1e6 - 1e8)
    : Float32Array.from(numbers);
  return { values, shape, scale, offset };
}

/** What the doc comments of columns and batches promise, number by number. */
function expected(column: Column, positions: readonly number[], mask?: Uint8Array): number[] {
  const { values, shape, scale = 1, offset = 0 } = column;
  const size = rowSize(shape);
  return positions.flatMap((row) =>
    Array.from({ length: size }, (_, k) => {
      if (mask && !mask[row]) return 0;
      const raw = values[row * size + k];
      if (scale === 1 && offset === 0) return raw;
      return Math.fround(raw * scale + offset);
    })
  );
}

testOnBackends("a batch holds exactly the rows asked for, scaled and rounded once", async () => {
  await fc.assert(
    fc.asyncProperty(columns, fc.array(fc.nat(1000), { maxLength: 37 }), async (drawn, picks) => {
      const column = columnOf(drawn);
      const mask = Uint8Array.from({ length: drawn.rows }, (_, row) => row % 3 === 1 ? 0 : 1);
      const dataset = MultiTaskDataset.from({
        inputs: { x: column },
        targets: { y: drawn.masked ? { ...column, mask } : column },
      });
      const positions = picks.map((pick) => pick % drawn.rows);
      const before = tf.memory().numTensors;
      const batch = dataset.batch(positions);
      const whole = drawn.type === "whole" && !drawn.scale && !drawn.offset;
      strictEqual(batch.inputs.x.dtype, whole ? "int32" : "float32");
      deepStrictEqual(batch.inputs.x.shape, [positions.length, ...drawn.shape]);
      deepStrictEqual([...await batch.inputs.x.data()], expected(column, positions));
      const labelled = positions.filter((row) => !drawn.masked || mask[row]).length;
      strictEqual(batch.targets.y === undefined, drawn.masked && labelled === 0);
      if (batch.targets.y) {
        const wanted = expected(column, positions, drawn.masked ? mask : undefined);
        deepStrictEqual([...await batch.targets.y.data()], wanted);
      }
      const some = drawn.masked && labelled > 0 && labelled < positions.length;
      strictEqual(batch.masks.y !== undefined, some);
      if (some) {
        deepStrictEqual([...await batch.masks.y!.data()], positions.map((row) => mask[row]));
      }
      batch.dispose();
      strictEqual(tf.memory().numTensors, before);
    }),
    { seed: 3, numRuns: 150 },
  );
});

testOnBackends("every byte becomes the nearest float32, whatever the scale", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (let k = 0; k < 300; k++) {
    // Among these, some need float64 to be right.
    const scale = k === 0 ? 1 / 255 : Math.exp(Math.sin(k * 12.9898) * 20);
    const inputs = { x: { values: bytes, shape: [256], scale } };
    const batch = MultiTaskDataset.from({ inputs, targets: {} }).batch([0]);
    deepStrictEqual(
      await batch.inputs.x.data(),
      Float32Array.from(bytes, (byte) => byte * scale),
      `scale ${scale}`,
    );
    batch.dispose();
  }
});

testOnBackends("batches hold their own numbers: later batches do not change them", async () => {
  const values = Uint8Array.from({ length: 64 * 100 }, (_, at) => at % 251);
  const dataset = MultiTaskDataset.from({ inputs: { x: { values, shape: [100] } }, targets: {} });
  const batches = [...dataset.batches({ batchSize: 16, seed: 1 })];
  const seen = await Promise.all(batches.map((batch) => batch.inputs.x.data()));
  const again = [...dataset.batches({ batchSize: 16, seed: 1 })];
  deepStrictEqual(await Promise.all(again.map((batch) => batch.inputs.x.data())), seen);
  strictEqual(new Set(seen.map((numbers) => numbers.join())).size, 4);
  for (const batch of [...batches, ...again]) batch.dispose();
});

testOnBackends("batches of very many rows hold every one of them", async () => {
  const rows = 1500;
  const inputs = {
    bytes: { values: Uint8Array.from({ length: rows * 200 }, (_, at) => at * 31), shape: [200] },
    whole: { values: Int32Array.from({ length: rows * 60 }, (_, at) => at - 9), shape: [60] },
    floats: { values: Float32Array.from({ length: rows * 76 }, (_, at) => at / 4), shape: [76] },
  };
  const dataset = MultiTaskDataset.from({ inputs, targets: {} });
  const order = Array.from({ length: rows }, (_, at) => at * 7 % rows);
  const batch = dataset.batch(order);
  for (const [name, column] of Object.entries<Column>(inputs)) {
    const found = await batch.inputs[name as keyof typeof inputs].data();
    deepStrictEqual([...found], expected(column, order), name);
  }
  batch.dispose();
});
