import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import { type Batch, data, MultiTaskDataset } from "polytask";
import { testOnCpu } from "../_backends.ts";

const { jointDataset, samplers } = data;

/** One number a row, `first` upwards. */
function numbers(size: number, first = 0) {
  return Float32Array.from({ length: size }, (_, at) => first + at);
}

const left = MultiTaskDataset.from({
  inputs: { x: { values: numbers(10), shape: [1] } },
  targets: { a: { values: numbers(10), shape: [] } },
});

/** Rows of input `y` and target `b`. */
function rights(values: Float32Array, mask?: Uint8Array) {
  return MultiTaskDataset.from({
    inputs: { y: { values, shape: [1] } },
    targets: { b: { values, shape: [], mask } },
  });
}

const right = rights(numbers(4, 100), Uint8Array.of(1, 0, 1, 1));
const options = { batchSize: 3, seed: 5 };

interface Seen {
  readonly set: string;
  readonly rows: number[];
}

async function seenIn(batches: Iterable<Batch & { readonly set: string }>): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const batch of batches) {
    const [input] = Object.values(batch.inputs);
    seen.push({ set: batch.set, rows: Array.from(await input.data()) });
    batch.dispose();
  }
  return seen;
}

const rowsOf = (seen: readonly Seen[], set: string) =>
  seen.flatMap((batch) => batch.set === set ? batch.rows : []);
const sorted = (rows: readonly number[]) => [...rows].sort((first, next) => first - next);

testOnCpu("a batch holds the inputs, targets and masks of one set and no other", async () => {
  const joint = jointDataset({ left, right });
  for (const batch of joint.batches(options)) {
    if (batch.set === "left") {
      deepStrictEqual(Object.keys(batch.inputs), ["x"]);
      deepStrictEqual(Object.keys(batch.targets), ["a"]);
      deepStrictEqual(batch.masks, {});
    } else {
      deepStrictEqual(Object.keys(batch.inputs), ["y"]);
      deepStrictEqual(Object.keys(batch.targets), ["b"]);
      const rows = await batch.inputs.y.data();
      const mask = await batch.masks.b?.data();
      rows.forEach((row, at) => strictEqual(mask?.[at] ?? 1, row === 101 ? 0 : 1));
    }
    batch.dispose();
  }
});

testOnCpu("by default an epoch sees every example once, each epoch in another order", async () => {
  const joint = jointDataset({ left, right });
  strictEqual(joint.size, 14);
  strictEqual(joint.stepsPerEpoch(3), 4 + 2);
  deepStrictEqual(joint.shares(3), { left: 4 / 6, right: 2 / 6 });
  const epochs = [];
  for (const epoch of [0, 1]) {
    const seen = await seenIn(joint.batches({ ...options, epoch }));
    strictEqual(seen.length, 6);
    deepStrictEqual(sorted(rowsOf(seen, "left")), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    deepStrictEqual(sorted(rowsOf(seen, "right")), [100, 101, 102, 103]);
    epochs.push(seen);
  }
  ok(rowsOf(epochs[0], "left").join() !== rowsOf(epochs[1], "left").join());
});

testOnCpu("a set with more turns than batches is gone through again in another order", async () => {
  const joint = jointDataset({ left, right: rights(numbers(9, 100)) }, {
    sampler: samplers.fixed({ left: 0, right: 1 }),
  });
  const rows = rowsOf(await seenIn(joint.batches(options)), "right");
  strictEqual(joint.stepsPerEpoch(3), 7);
  strictEqual(rows.length, 7 * 3);
  const passes = [rows.slice(0, 9), rows.slice(9, 18)];
  deepStrictEqual(sorted(passes[0]), sorted(passes[1]));
  ok(passes[0].join() !== passes[1].join());
});

testOnCpu("without a seed every set is gone through once, in order", async () => {
  const joint = jointDataset({ left, right }, { sampler: samplers.roundRobin() });
  const seen = await seenIn(joint.batches({ batchSize: 8 }));
  deepStrictEqual(seen, [
    { set: "left", rows: [0, 1, 2, 3, 4, 5, 6, 7] },
    { set: "left", rows: [8, 9] },
    { set: "right", rows: [100, 101, 102, 103] },
  ]);
});

testOnCpu("batches follow from seed and epoch alone", async () => {
  for (const sampler of [samplers.roundRobin(), samplers.proportional(), samplers.temperature()]) {
    const joint = jointDataset({ left, right }, { sampler });
    const run = (seed: number, epoch: number) =>
      seenIn(joint.batches({ batchSize: 2, seed, epoch }));
    const first = await run(1, 3);
    await run(2, 0);
    deepStrictEqual(await run(1, 3), first);
    ok(JSON.stringify(await run(2, 3)) !== JSON.stringify(first));
    ok(JSON.stringify(await run(1, 4)) !== JSON.stringify(first));
    strictEqual(first.length, joint.stepsPerEpoch(2));
  }
});

testOnCpu("a pass that ends early leaves no tensor", () => {
  const joint = jointDataset({ left, right }, { sampler: samplers.roundRobin() });
  for (const batch of joint.batches(options)) {
    batch.dispose();
    break;
  }
});

testOnCpu("labelled gives the examples of all sets that have the task", async () => {
  const other = rights(numbers(3, 200), Uint8Array.of(0, 0, 1));
  const joint = jointDataset({ left, right, other });
  const labelled = joint.labelled("b");
  strictEqual(labelled.size, 4);
  const rows: number[] = [];
  for (const batch of labelled.batches({ batchSize: 2, seed: 1 })) {
    deepStrictEqual(batch.masks, {});
    rows.push(...await batch.targets.b!.data());
    batch.dispose();
  }
  deepStrictEqual(sorted(rows), [100, 102, 103, 202]);
  throws(() => joint.labelled("c" as "b"), /No set of "left \+ right \+ other" has a target "c"/);
});

Deno.test("inputs of the same name must have the same shape", () => {
  const wide = MultiTaskDataset.from({
    inputs: { x: { values: new Float32Array(6), shape: [2] } },
    targets: { b: { values: new Float32Array(3), shape: [] } },
  });
  throws(
    () => jointDataset({ left, wide }),
    /input "x" is \[1\] in the set "left", but \[2\] in "wide"; name them apart with renameInput/,
  );
  const joint = jointDataset({ left, wide: wide.renameInput("x", "z") });
  deepStrictEqual(joint.inputShapes, { x: [1], z: [2] });
  deepStrictEqual(jointDataset({ left, more: left.take(2) }).inputShapes, { x: [1] });
});

Deno.test("tasks of the same name must have the same target", () => {
  const named = (labels?: string[], shape: number[] = []) =>
    MultiTaskDataset.from({
      inputs: { x: { values: new Float32Array(2), shape: [1] } },
      targets: {
        a: { values: new Int32Array(2 * (shape[0] ?? 1)), shape, labels },
      },
    });
  throws(
    () => jointDataset({ one: named(), two: named(undefined, [3]) }),
    /target "a" is \[\] in the set "one", but \[3\] in "two"; give it another name/,
  );
  throws(
    () => jointDataset({ one: named(["cat", "dog"]), two: named(["dog", "cat"]) }),
    /target "a" is \[\] of cat, dog in the set "one", but \[\] of dog, cat in "two"/,
  );
  strictEqual(jointDataset({ one: named(["c"]), two: named(["c"]) }).size, 4);
  const [plain, cats, dogs] = [named(), named(["cat"]), named(["dog"])];
  strictEqual(jointDataset({ plain, cats }).size, 4);
  throws(() => jointDataset({ cats, plain, dogs }), /"a" is \[\] of cat in the set "cats".*"dogs"/);
});

Deno.test("what cannot be joined is refused", () => {
  throws(() => jointDataset({}), /needs a set/);
  throws(() => jointDataset({ left, none: right.take(0) }), /set "none" has no examples/);
  throws(
    () => jointDataset({ left, right }, { sampler: samplers.fixed({ left: 1 }) }),
    /set "right" has no chance/,
  );
  for (const batchSize of [0, 1.5, NaN]) {
    throws(
      () => jointDataset({ left }).stepsPerEpoch(batchSize),
      /batchSize must be a whole number/,
    );
    throws(() => [...jointDataset({ left }).batches({ batchSize })], /batchSize must be a whole/);
  }
});

Deno.test("a joint set says what it is made of", () => {
  const joint = jointDataset({ left, right }, { sampler: samplers.temperature() });
  strictEqual(joint.name, "left + right");
  deepStrictEqual(joint.configuration, {
    sets: { left: 10, right: 4 },
    sampler: { name: "temperature", temperature: 5 },
  });
  strictEqual(jointDataset({ left }, { name: "mine" }).name, "mine");
});

Deno.test("an input may be called otherwise", () => {
  const renamed = left.subset([2, 1]).renameInput("x", "z");
  deepStrictEqual(Object.keys(renamed.inputs), ["z"]);
  deepStrictEqual([...renamed.target("a").values], [2, 1]);
  throws(() => left.renameInput("y" as "x", "z"), /has no input "y"; it has "x"/);
  const two = MultiTaskDataset.from({ inputs: { ...left.inputs, y: left.inputs.x }, targets: {} });
  throws(() => two.renameInput("x", "y"), /already has an input "y"/);
});

testOnCpu("the types know inputs and tasks by set", () => {
  const joint = jointDataset({ left, right });
  for (const batch of joint.batches(options)) {
    if (batch.set === "left") {
      const x: tf.Tensor = batch.inputs.x;
      match(x.shape.join(), /,1$/);
      // @ts-expect-error The left set has no input y.
      strictEqual(batch.inputs.y, undefined);
      // @ts-expect-error The left set has no target b.
      strictEqual(batch.targets.b, undefined);
    }
    batch.dispose();
  }
  // @ts-expect-error No set has a target c.
  throws(() => joint.labelled("c"));
});
