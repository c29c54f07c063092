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

Deno.test("what cannot be standardised is named", () => {
  throws(() => standardise({ train: whole.subset([]) }), /training part is empty/);
  throws(
    () => standardise(parts, { inputs: ["image"] }),
    /Input "image" must have rows of shape \[features\]/,
  );
  throws(
    () => standardise({ train: whole.subset([1]) }, { targets: ["height"] }),
    /"height" has no label/,
  );
  ok(standardise(parts, { targets: [] }));
});
