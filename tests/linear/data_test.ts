import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { MultiTaskDataset } from "../../lib/data/dataset.ts";
import { binary, classification, multiLabel, regression } from "../../lib/tasks/mod.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";

const dataset = MultiTaskDataset.from({
  name: "toy",
  inputs: {
    point: {
      values: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
      shape: [2],
      labels: ["east", "north"],
    },
    byte: { values: Uint8Array.of(0, 51, 102, 255), shape: [], scale: 1 / 255 },
  },
  targets: {
    height: { values: Float32Array.of(1, 2, NaN, 4), shape: [] },
    kind: { values: Int32Array.of(0, 1, 2, 1), shape: [], mask: Uint8Array.of(1, 1, 0, 1) },
    wind: { values: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40), shape: [2] },
    wet: { values: Float32Array.of(0, 1, 1, 0), shape: [] },
    tags: { values: Float32Array.of(0, 1, 1, 1, 0, 0, 1, 0), shape: [2] },
  },
  groups: { station: ["x", "y", "x", "y"] },
});
const tasks = [
  regression("height"),
  classification("kind", { classes: 3, labels: ["a", "b", "c"] }),
  regression("wind", { outputs: 2 }),
  binary("wet"),
  multiLabel("tags", { count: 2, labels: ["hot", "dry"] }),
];

Deno.test("a data set and its tasks become linear tasks on shared inputs", () => {
  const data = linear.LinearData.fromDataset(dataset, tasks);
  deepStrictEqual(data.features, ["east", "north", "byte"]);
  deepStrictEqual(
    data.tasks.map(({ name, kind, targets }) => [name, kind, [...targets]]),
    [
      ["height", "regression", [1, 2, 4]],
      ["kind", "classification", [0, 1, 1]],
      ["wind: 0", "regression", [1, 2, 3, 4]],
      ["wind: 1", "regression", [10, 20, 30, 40]],
      ["wet", "binary", [0, 1, 1, 0]],
      ["tags: hot", "binary", [0, 1, 0, 1]],
      ["tags: dry", "binary", [1, 1, 0, 0]],
    ],
  );
  const [height, kind, wind, second] = data.tasks;
  // The same rows are the same object, also where labels are missing.
  strictEqual(wind.inputs, second.inputs);
  strictEqual(height.inputs, kind.inputs);
  near(height.inputs.values, [0, 1, 0, 2, 3, 0.2, 6, 7, 1], 1e-7);
  deepStrictEqual([...height.groups!], [0, 1, 3]);
  const grouped = linear.LinearData.fromDataset(dataset.subset([3, 0, 2]), tasks, {
    inputs: ["point"],
    group: "station",
  });
  deepStrictEqual([...grouped.tasks[2].groups!], [0, 1, 1]);
  near(grouped.tasks[2].inputs.values, [6, 7, 0, 1, 4, 5], 0);
});

Deno.test("a group of a data set becomes a task a member", () => {
  const data = linear.LinearData.byGroup(dataset, regression("height"), "station");
  deepStrictEqual(
    data.tasks.map(({ name, targets }) => [name, [...targets]]),
    [["x", [1]], ["y", [2, 4]]],
  );
  strictEqual(data.tasks[0].groups, undefined);
  const visits = MultiTaskDataset.from({
    name: "visits",
    inputs: { x: { values: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [] } },
    targets: { y: { values: Float32Array.of(0, 1, NaN, 3, 4, 5), shape: [] } },
    groups: { clinic: ["n", "s", "n", "s", "n", "s"], patient: ["p", "q", "p", "r", "r", "q"] },
  });
  const kept = linear.LinearData.byGroup(visits, regression("y"), "clinic", { group: "patient" });
  deepStrictEqual(kept.tasks.map(({ groups }) => [...groups!]), [[0, 2], [1, 2, 1]]);
  throws(
    () => linear.LinearData.byGroup(visits, regression("y"), "clinic", { group: "ward" }),
    /"visits" has no group "ward"; it has: clinic, patient/,
  );
  throws(
    () => linear.LinearData.byGroup(dataset, regression("height"), "country"),
    /"toy" has no group "country"; it has: station/,
  );
  throws(
    () => linear.LinearData.byGroup(dataset, regression("wind", { outputs: 2 }), "station"),
    /one number a row/,
  );
});

Deno.test("fits with missing targets use the labelled rows alone", () => {
  const inputs = [[0], [1], [2], [3]];
  const gaps = linear.LinearData.of({ y: { inputs, targets: [1, NaN, 5, 7] } });
  const whole = linear.LinearData.of({ y: { inputs: [[0], [2], [3]], targets: [1, 5, 7] } });
  const penalty = linear.ridge(0.3);
  const a = linear.fit(gaps, { penalty }), b = linear.fit(whole, { penalty });
  near(a.coefficients, [...b.coefficients], 1e-14);
  near(a.intercepts, [...b.intercepts], 1e-14);
});

Deno.test("wrong data are refused with task and place", () => {
  const of = linear.LinearData.of;
  throws(() => of({}), /at least one task/);
  throws(() => of({ a: { inputs: [[1]], targets: [1, 2] } }), /"a" has 1 rows .* 2 targets/);
  throws(() => of({ a: { inputs: [[1]], targets: [NaN] } }), /"a" has no labelled row/);
  throws(() => of({ a: { inputs: [[1, 2], [3]], targets: [1, 2] } }), /Row 1 has 1 numbers/);
  throws(() => of({ a: { inputs: [[1], [Infinity]], targets: [1, 2] } }), /"a", row 1, feature 0/);
  throws(
    () => of({ a: { inputs: [[1]], targets: [1] }, b: { inputs: [[1, 2]], targets: [1] } }),
    /"b" has 2 features, but 1 are expected/,
  );
  throws(() => of({ a: { inputs: [[1]], targets: [2], kind: "binary" } }), /must be 0 or 1, not 2/);
  throws(
    () => of({ a: { inputs: [[1]], targets: [5], kind: "classification", classes: 3 } }),
    /class index from 0 to 2, not 5/,
  );
});

Deno.test("splits keep groups together, every task in the first part, and no row twice", () => {
  const { data } = linear.generateTasks({
    tasks: 5,
    features: 2,
    rows: 10,
    structure: "mean",
    seed: 1,
  });
  const { first, rest } = data.split(0.3, 7);
  deepStrictEqual(first.tasks.map((task) => task.targets.length), [3, 3, 3, 3, 3]);
  strictEqual(first.size + rest.size, data.size);
  data.tasks.forEach((task, k) => {
    const parts = [...first.tasks[k].targets, ...rest.tasks[k].targets].sort();
    deepStrictEqual(parts, [...task.targets].sort());
  });
  const tiny = linear.LinearData.of({ a: { inputs: [[1], [2]], targets: [1, 2] } }).split(0.1, 1);
  strictEqual(tiny.first.size, 1);
  const shared = linear.LinearData.fromDataset(dataset, tasks).split(0.5, 3);
  for (const task of shared.rest.tasks) {
    const inFirst = shared.first.tasks.find(({ name }) => name === task.name);
    for (const group of task.groups!) ok(!inFirst?.groups?.includes(group));
  }
  throws(() => data.split(1, 0), /share must be above 0 and below 1/);
});

Deno.test("standardised features have mean 0 and deviation 1 by the reference", () => {
  const data = linear.LinearData.of({
    a: { inputs: [[1, 5], [3, 5]], targets: [0, 0] },
    b: { inputs: [[5, 5]], targets: [0] },
  });
  const scaled = data.standardised();
  near(
    [...scaled.tasks[0].inputs.values, ...scaled.tasks[1].inputs.values],
    [-Math.sqrt(1.5), 0, 0, 0, Math.sqrt(1.5), 0],
    1e-12,
  );
  const other = linear.LinearData.of({ a: { inputs: [[3, 6]], targets: [0] } }).standardised(data);
  near(other.tasks[0].inputs.values, [0, 0], 1e-12);
});
