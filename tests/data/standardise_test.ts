import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { MultiTaskDataset, standardise } from "../../lib/data/mod.ts";

const whole = MultiTaskDataset.from({
  inputs: {
    features: { values: Float32Array.of(1, 0, 7, 3, 1, 7, 100, 1, 7), shape: [3] },
    image: { values: Uint8Array.of(1, 2, 3), shape: [1, 1, 1] },
  },
  targets: {
    height: { values: Float32Array.of(10, NaN, 50), shape: [] },
    kind: { values: Int32Array.of(0, 1, 2), shape: [] },
  },
  groups: { who: ["a", "b", "c"] },
});
const parts = { train: whole.subset([1, 0]), test: whole.subset([2]) };

Deno.test("features are scaled by the training part; indicators and constants keep their sense", () => {
  const { parts: done } = standardise(parts);
  const rows = (part: typeof parts.train) =>
    Array.from(part.rows, (row) => [...part.inputs.features.values.slice(3 * row, 3 * row + 3)]);
  deepStrictEqual(rows(done.train), [[1, 1, 0], [-1, 0, 0]]);
  deepStrictEqual(rows(done.test), [[98, 1, 0]]);
  deepStrictEqual(done.train.inputs.image, whole.inputs.image);
  deepStrictEqual([...done.train.target("kind").values], [1, 0]);
  deepStrictEqual(done.test.groups, whole.groups);
});

Deno.test("targets keep their missing labels, and the scale undoes the change", () => {
  const { parts: done, scales } = standardise(parts, { targets: ["height"], inputs: [] });
  deepStrictEqual(scales, { height: { mean: 10, deviation: 1 } });
  deepStrictEqual([...done.test.target("height").values], [40]);
  deepStrictEqual([...done.train.target("height").mask!], [0, 1]);
  deepStrictEqual(done.test.inputs.features, whole.inputs.features);
});

Deno.test("images have a scale for each channel, energies for each band, by the training part", async () => {
  const pixels = Uint8Array.of(0, 10, 20, 50, 40, 90, 60, 130, 100, 100, 255, 0);
  const set = MultiTaskDataset.from({
    inputs: {
      // Three images [1, 2, 2], three recordings [2 time steps, 2 bands], three grey images.
      image: { values: pixels, shape: [1, 2, 2], scale: 1 / 10, offset: 1 },
      energies: { values: Float32Array.from(pixels), shape: [2, 2] },
      grey: { values: pixels.slice(0, 6), shape: [2, 1, 1] },
      word: { values: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2] },
      size: { values: Float32Array.of(2, 4, 9), shape: [] },
    },
    targets: { kind: { values: Int32Array.of(0, 1, 2), shape: [] } },
  });
  const parts = { train: set.take(2), test: set.subset([2]) };
  const names = ["image", "energies", "grey", "size"] as const;
  const { parts: done, inputScales } = standardise(parts, { inputs: names });
  // Channel 0 of the training part is 0, 20, 40, 60 (times 1 / 10, and 1): mean 3 + 1, deviation √5.
  const even = { mean: 4, deviation: Math.sqrt(5) };
  ok(Math.abs(inputScales.image![0].mean - even.mean) < 1e-12);
  ok(Math.abs(inputScales.image![0].deviation - even.deviation) < 1e-12);
  deepStrictEqual(inputScales.energies![1], { mean: 70, deviation: Math.sqrt(2000) });
  deepStrictEqual(inputScales.grey!.length, 1);
  deepStrictEqual(inputScales.size, [{ mean: 3, deviation: 1 }]);
  const batch = done.test.batch([0]);
  deepStrictEqual(batch.inputs.image.shape, [1, 1, 2, 2]);
  const near = (found: ArrayLike<number>, expected: number[]) =>
    ok(expected.every((value, at) => Math.abs(found[at] - value) < 1e-5), `${Array.from(found)}`);
  near(await batch.inputs.energies.data(), [
    ...[(100 - 30) / Math.sqrt(500), (100 - 70) / Math.sqrt(2000)],
    ...[(255 - 30) / Math.sqrt(500), (0 - 70) / Math.sqrt(2000)],
  ]);
  near(await batch.inputs.image.data(), [
    ...[(100 - 30) / Math.sqrt(500), (100 - 70) / Math.sqrt(2000)],
    ...[(255 - 30) / Math.sqrt(500), (0 - 70) / Math.sqrt(2000)],
  ]);
  near(await batch.inputs.size.data(), [6]);
  batch.dispose();
  // Bytes of one channel stay bytes; indices of words are no measurements.
  ok(done.test.inputs.grey.values instanceof Uint8Array);
  deepStrictEqual(standardise(parts).parts.test.inputs.word, set.inputs.word);
});

Deno.test("predictions and errors go back to the unit of the target", () => {
  const { parts: done, undo, undoError, scales } = standardise(
    { train: whole.subset([0, 2]), test: whole.subset([2]) },
    { targets: ["height"] },
  );
  deepStrictEqual(scales.height, { mean: 30, deviation: 20 });
  deepStrictEqual([...undo("height", done.test.target("height").values)], [50]);
  deepStrictEqual(undoError("height", 0.25), 5);
  deepStrictEqual([...undo("kind", [1, 2])], [1, 2]);
  deepStrictEqual(undoError("kind", 0.25), 0.25);
});

Deno.test("what cannot be standardised is named", () => {
  throws(() => standardise({ train: whole.subset([]) }), /training part is empty/);
  throws(
    () => standardise(parts, { inputs: ["picture" as "image"] }),
    /There is no input "picture" to be standardised; there is "features", "image"\./,
  );
  throws(
    () => standardise({ train: whole.subset([1]) }, { targets: ["height"] }),
    /"height" has no label/,
  );
  ok(standardise(parts, { targets: [] }));
});
