import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { type Column, MultiTaskDataset } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";

/** `size` examples whose input is their number; the label `low` is missing in every third row. */
function numbered(size: number) {
  const index = Array.from({ length: size }, (_, at) => at);
  return MultiTaskDataset.from({
    name: "numbered",
    inputs: { number: { values: Float32Array.from(index), shape: [] } },
    targets: {
      square: { values: Float32Array.from(index, (at) => at * at), shape: [] },
      low: {
        values: Int32Array.from(index, (at) => at % 2),
        shape: [],
        mask: Uint8Array.from(index, (at) => at % 3 === 0 ? 0 : 1),
      },
    },
    groups: { owner: index.map((at) => `owner ${at % 5}`) },
  });
}

/** The numbers of the examples of a subset of {@linkcode numbered}, in order. */
function members(dataset: MultiTaskDataset<"number", "square" | "low">): number[] {
  return Array.from(dataset.target("square").values, Math.sqrt);
}

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at);

Deno.test("NaN targets become missing labels, and the columns given stay as they are", () => {
  const values = Float32Array.of(1, NaN, 3, 4, NaN, NaN);
  const dataset = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.of(1, 2, 3), shape: [] } },
    targets: { pair: { values, shape: [2] } },
  });
  deepStrictEqual(dataset.target("pair"), {
    values: Float32Array.of(1, 0, 3, 4, 0, 0),
    mask: Uint8Array.of(0, 1, 0),
  });
  strictEqual(dataset.labelCount("pair"), 1);
  ok(Number.isNaN(values[1]));
});

Deno.test("a mask and NaN are both missing", () => {
  const mask = Uint8Array.of(0, 1, 1);
  const dataset = MultiTaskDataset.from({
    inputs: { x: { values: Uint8Array.of(1, 2, 3), shape: [] } },
    targets: { y: { values: Float32Array.of(7, NaN, 9), shape: [], mask } },
  });
  deepStrictEqual(dataset.target("y").mask, Uint8Array.of(0, 0, 1));
  deepStrictEqual(mask, Uint8Array.of(0, 1, 1));
});

Deno.test("bytes are scaled when they are read, not before", () => {
  const pixels: Column = { values: Uint8Array.of(0, 51, 255), shape: [], scale: 1 / 255 };
  const dataset = MultiTaskDataset.from({ inputs: { pixels }, targets: { same: pixels } });
  strictEqual(dataset.inputs.pixels.values, pixels.values);
  near(dataset.target("same").values, [0, 0.2, 1]);
});

Deno.test("whole numbers that are scaled keep their fractions", () => {
  const halves: Column = { values: Int32Array.of(1, 2, -3), shape: [], scale: 0.5, offset: 1 };
  const inputs = { x: { values: Float32Array.of(0, 0, 0), shape: [] } };
  const dataset = MultiTaskDataset.from({ inputs, targets: { halves } });
  deepStrictEqual(dataset.target("halves").values, Float32Array.of(1.5, 2, -0.5));
});

Deno.test("a subset holds the rows asked for, in that order, again and again", () => {
  const dataset = numbered(10);
  deepStrictEqual(members(dataset.subset([7, 2, 2])), [7, 2, 2]);
  deepStrictEqual(members(dataset.subset([7, 2, 5]).subset([2, 0])), [5, 7]);
  deepStrictEqual(dataset.subset([7, 2]).target("low").mask, Uint8Array.of(1, 1));
  deepStrictEqual(dataset.subset([0, 1]).target("low").mask, Uint8Array.of(0, 1));
});

Deno.test("take gives the first examples, all when there are fewer", () => {
  const dataset = numbered(4);
  deepStrictEqual(members(dataset.take(2)), [0, 1]);
  strictEqual(dataset.take(0).size, 0);
  strictEqual(dataset.take(9).size, 4);
  strictEqual(dataset.take(Infinity).size, 4);
  for (const count of [-1, 1.5, NaN]) throws(() => dataset.take(count), /whole number from 0/);
});

Deno.test("splits are disjoint, complete and seeded", () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 60 }), fc.integer(), (size, seed) => {
      const dataset = numbered(size);
      const { train, test } = dataset.split({ train: 0.7, test: 0.3 }, { seed });
      deepStrictEqual(sorted([...members(train), ...members(test)]), upTo(size));
      strictEqual(train.size, Math.round(0.7 * size));
      const again = dataset.split({ train: 0.7, test: 0.3 }, { seed });
      deepStrictEqual(members(again.train), members(train));
    }),
    { seed: 7, numRuns: 50 },
  );
  const dataset = numbered(60);
  const orders = [1, 2].map((seed) => members(dataset.split({ part: 1 }, { seed }).part));
  notDeepStrictEqual(orders[0], orders[1]);
  strictEqual(dataset.split({ some: 0.25 }, { seed: 1 }).some.size, 15);
});

Deno.test("a split by group keeps groups together", () => {
  const dataset = numbered(53);
  const parts = dataset.split({ train: 0.6, validation: 0.2, test: 0.2 }, { seed: 3, by: "owner" });
  const owners = Object.values(parts).map((part) =>
    new Set(members(part).map((number) => number % 5))
  );
  deepStrictEqual(owners.map((set) => set.size), [3, 1, 1]);
  deepStrictEqual(sorted(owners.flatMap((set) => [...set])), upTo(5));
  deepStrictEqual(sorted(Object.values(parts).flatMap(members)), upTo(53));
});

Deno.test("folds: each example is validated once and trained on otherwise", () => {
  for (const by of [undefined, "owner"]) {
    const folds = numbered(23).kFold(4, { seed: 5, by });
    strictEqual(folds.length, 4);
    deepStrictEqual(sorted(folds.flatMap(({ validation }) => members(validation))), upTo(23));
    for (const { train, validation } of folds) {
      deepStrictEqual(sorted([...members(train), ...members(validation)]), upTo(23));
      if (!by) ok(Math.abs(validation.size - 23 / 4) < 1);
      if (by) {
        const owners = new Set(members(validation).map((number) => number % 5));
        ok(members(train).every((number) => !owners.has(number % 5)));
      }
    }
  }
  const [first] = numbered(23).kFold(4, { seed: 5 });
  deepStrictEqual(members(first.train), members(numbered(23).kFold(4, { seed: 5 })[0].train));
});

Deno.test("labelsPerClass takes so many labelled examples of each class", () => {
  const dataset = numbered(30);
  const few = dataset.labelsPerClass("low", 4, { seed: 1 });
  const { values, mask } = few.target("low");
  deepStrictEqual(sorted(values), [0, 0, 0, 0, 1, 1, 1, 1]);
  ok(mask!.every((labelled) => labelled === 1));
  strictEqual(new Set(members(few)).size, 8);
  deepStrictEqual(members(dataset.labelsPerClass("low", 4, { seed: 1 })), members(few));
  throws(
    () => dataset.labelsPerClass("low", 11, { seed: 1 }),
    /"numbered" has 10 examples of class [01] of "low", fewer than the 11/,
  );
  throws(() => dataset.labelsPerClass("low", 0, { seed: 1 }), /whole number from 1/);
});

Deno.test("labelsPerClass misses classes that have a name but no example", () => {
  const dataset = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.of(1, 2), shape: [] } },
    targets: {
      colour: { values: Int32Array.of(0, 0), shape: [], labels: ["red", "blue"] },
      pair: { values: Int32Array.of(0, 0, 1, 1), shape: [2] },
    },
  });
  throws(() => dataset.labelsPerClass("colour", 1, { seed: 1 }), /0 examples of class 1/);
  throws(() => dataset.labelsPerClass("pair", 1, { seed: 1 }), /"pair" has rows of shape \[2\]/);
});

Deno.test("withTargets keeps some tasks, deriveTarget adds one", () => {
  const dataset = numbered(6);
  deepStrictEqual(Object.keys(dataset.withTargets("low").targets), ["low"]);
  const derived = dataset.deriveTarget("high", "low", (value) => 1 - value);
  deepStrictEqual(derived.target("high").values, Int32Array.of(0, 0, 1, 0, 1, 0));
  deepStrictEqual(derived.target("high").mask, dataset.target("low").mask);
  deepStrictEqual(Object.keys(dataset.targets), ["square", "low"]);
  const roots = dataset.deriveTarget("root", "square", (value) => value > 8 ? NaN : value / 2);
  deepStrictEqual(roots.target("root").mask, Uint8Array.of(1, 1, 1, 0, 0, 0));
});

Deno.test("withMask hides labels of one task and brings none back", () => {
  const dataset = numbered(6).subset([5, 4, 3]);
  const masked = dataset.withMask("low", [1, 0, 1]);
  deepStrictEqual(masked.target("low").mask, Uint8Array.of(1, 0, 0));
  deepStrictEqual(dataset.target("low").mask, Uint8Array.of(1, 1, 0));
  strictEqual(masked.labelCount("square"), 3);
  throws(() => dataset.withMask("low", [1]), /mask for "low" has 1 entries.*3 examples/);
});

testOnBackends("batches hold the right numbers and release them", async () => {
  const dataset = numbered(7);
  const seen: number[] = [];
  for (const batch of dataset.batches({ batchSize: 3 })) {
    const numbers = await batch.inputs.number.data();
    const squares = await batch.targets.square!.data();
    near(squares, Array.from(numbers, (number) => number ** 2));
    deepStrictEqual(batch.inputs.number.shape, [batch.size]);
    strictEqual(batch.targets.low?.dtype, batch.size === 1 ? undefined : "int32");
    seen.push(...numbers);
    batch.dispose();
  }
  deepStrictEqual(seen, upTo(7));
});

testOnBackends("a batch owns its tensors, and only these", () => {
  const dataset = numbered(7);
  const before = tf.memory().numTensors;
  const batch = dataset.batch([1, 2, 3]);
  // One input, two targets, one mask.
  strictEqual(tf.memory().numTensors - before, 4);
  batch.dispose();
  strictEqual(tf.memory().numTensors, before);
});

testOnBackends("a batch says which labels are there, and shows 0 for the others", async () => {
  const dataset = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.of(1, 2, 3, 4), shape: [] } },
    targets: {
      y: {
        values: Float32Array.of(5, 1e30, 7, Infinity, 9, 9, 1e30, 1e30),
        shape: [2],
        mask: Uint8Array.of(1, 0, 1, 0),
      },
    },
  });
  const some = dataset.batch([0, 1, 2]);
  deepStrictEqual(Array.from(await some.masks.y!.data()), [1, 0, 1]);
  near(await some.targets.y!.data(), [5, 1e30, 0, 0, 9, 9]);
  const all = dataset.batch([0, 2]);
  strictEqual(all.masks.y, undefined);
  const none = dataset.batch([1, 3]);
  strictEqual(none.targets.y, undefined);
  for (const batch of [some, all, none]) batch.dispose();
});

testOnCpu("every epoch has an order of its own, the same for the same seed", async () => {
  const dataset = numbered(40);
  const order = async (seed: number, epoch: number) => {
    const seen: number[] = [];
    for (const batch of dataset.batches({ batchSize: 16, seed, epoch })) {
      seen.push(...await batch.inputs.number.data());
      batch.dispose();
    }
    return seen;
  };
  const [first, second, again, other] = [
    await order(7, 0),
    await order(7, 1),
    await order(7, 0),
    await order(8, 0),
  ];
  deepStrictEqual(first, again);
  notDeepStrictEqual(first, second);
  notDeepStrictEqual(first, other);
  for (const seen of [first, second, other]) deepStrictEqual(sorted(seen), upTo(40));
});

Deno.test("columns that do not fit are refused by name, with what to do", () => {
  const x: Column = { values: Float32Array.of(1, 2, 3), shape: [] };
  const build = (input: Column, target: Column = x, groups?: Record<string, string[]>) =>
    MultiTaskDataset.from({
      inputs: { x, z: input },
      targets: { y: target },
      groups,
    });
  throws(() => MultiTaskDataset.from({ inputs: {}, targets: {} }), /at least one input/);
  throws(() => build({ values: new Float32Array(2), shape: [] }), /"z" has 2 rows, but "x" has 3/);
  throws(() => build({ values: new Float32Array(5), shape: [2] }), /"z": 5 values.*shape \[2\]/);
  throws(() => build({ values: new Float32Array(6), shape: [0] }), /"z".*above 0.*\[0\]/);
  throws(
    () => build({ values: Float32Array.of(1, 2, 3, 4, NaN, 6), shape: [2] }),
    /"z" holds NaN in row 2; fill or drop/,
  );
  throws(() => build({ ...x, mask: Uint8Array.of(1, 1, 0) }), /"z" has a mask; only targets/);
  throws(
    () => build(x, { ...x, mask: Uint8Array.of(1) }),
    /"y": the mask has 1 entries for 3 rows/,
  );
  throws(() => build(x, { ...x, mask: Uint8Array.of(1, 0, 255) }), /"y".*holds 255 in row 2/);
  throws(() => build(x, x, { owner: ["a"] }), /Group "owner" has 1 rows/);
});

Deno.test("questions that cannot be answered are refused by name", () => {
  const dataset = numbered(6);
  throws(() => dataset.subset([6]), /Position 6 is not in "numbered", which has 6 examples/);
  throws(() => dataset.batch([0.5]), /Position 0\.5/);
  throws(() => dataset.batch([-1]), /Position -1/);
  throws(() => dataset.target("hight" as "low"), /no target "hight"; it has "square", "low"/);
  throws(() => dataset.target("toString" as "low"), /no target "toString"/);
  throws(() => dataset.split({ a: 0.5 }, { seed: 1, by: "school" }), /no group "school".*"owner"/);
  throws(() => dataset.split({ a: 0.8, b: 0.4 }, { seed: 1 }), /at most 1.*a: 0\.8, b: 0\.4/);
  throws(() => dataset.split({ a: 0 }, { seed: 1 }), /above 0/);
  throws(() => dataset.split({ a: 0.99, b: 0.01 }, { seed: 1 }), /Part "b" would be empty: 6/);
  throws(() => dataset.kFold(7, { seed: 1 }), /would be empty: 6 examples are too few/);
  throws(() => dataset.kFold(6, { seed: 1, by: "owner" }), /would be empty: 5 groups/);
  for (const folds of [1, 0, 2.5]) {
    throws(() => dataset.kFold(folds, { seed: 1 }), /folds must be a whole number from 2/);
  }
  for (const batchSize of [0, -1, 2.5, NaN]) {
    throws(() => [...dataset.batches({ batchSize })], /batchSize must be a whole number from 1/);
  }
});
