import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { MultiTaskDataset, Random } from "polytask";
import { countClasses } from "./_real.ts";

const CLASSES = 3;

/** `size` examples of unequal classes, a number, and a label that is rarely there. */
function mixed(size: number, seed: number) {
  const random = new Random(seed);
  const upTo = <Value>(make: (at: number) => Value) =>
    Array.from({ length: size }, (_, at) => make(at));
  return MultiTaskDataset.from({
    inputs: { index: { values: Int32Array.from(upTo((at) => at)), shape: [] } },
    targets: {
      kind: {
        values: Int32Array.from(
          upTo(() => Math.min(CLASSES - 1, Math.floor(random.uniform() ** 2 * 4))),
        ),
        shape: [],
      },
      height: { values: Float32Array.from(upTo(() => random.normal())), shape: [] },
      rare: { values: Float32Array.from(upTo(() => random.uniform() < 0.9 ? NaN : 1)), shape: [] },
      pair: { values: new Float32Array(2 * size), shape: [2] },
    },
    groups: { owner: upTo((at) => at % 7) },
  });
}

type Mixed = ReturnType<typeof mixed>;
const kinds = (part: Mixed) => countClasses(part.target("kind").values, CLASSES);
const rows = (...parts: Mixed[]) => parts.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b);

Deno.test("a stratified split gives every part its share of every class", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 200 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.constantFrom(0.5, 0.7, 0.8),
      (size, seed, share) => {
        const whole = mixed(size, seed);
        const { train, test } = whole.split({ train: share, test: 1 - share }, {
          seed,
          stratify: "kind",
        });
        deepStrictEqual(rows(train, test), rows(whole));
        ok(Math.abs(train.size - share * size) <= 1);
        kinds(whole).forEach((count, kind) => {
          ok(Math.abs(kinds(train)[kind] - share * count) <= 1.5, `${kinds(train)} of ${count}`);
        });
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("shares below 1 leave examples out, of every class alike", () => {
  const whole = mixed(400, 3);
  const { few } = whole.split({ few: 0.25 }, { seed: 1, stratify: "kind" });
  strictEqual(few.size, 100);
  kinds(whole).forEach((count, kind) => ok(Math.abs(kinds(few)[kind] - count / 4) <= 1.5));
});

Deno.test("numbers are stratified by their size, missing labels by themselves", () => {
  const whole = mixed(500, 5);
  const folds = whole.kFold(5, { seed: 2, stratify: "height" });
  const sorted = [...whole.target("height").values].sort((a, b) => a - b);
  for (const { validation } of folds) {
    const low = validation.target("height").values.filter((height) => height < sorted[100]);
    ok(Math.abs(low.length - 20) <= 1, `${low.length}`);
  }
  const counts = whole.kFold(4, { seed: 2, stratify: "rare" })
    .map(({ validation }) => validation.labelCount("rare"));
  ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
});

Deno.test("stratified parts depend on the seed, and their order is mixed", () => {
  const whole = mixed(200, 1);
  const train = (seed: number) =>
    whole.split({ train: 0.5, test: 0.5 }, { seed, stratify: "kind" }).train;
  deepStrictEqual([...train(1).rows], [...train(1).rows]);
  notDeepStrictEqual(rows(train(1)), rows(train(2)));
  const inOrder = [...train(1).target("kind").values];
  notDeepStrictEqual(inOrder, [...inOrder].sort());
});

Deno.test("nested folds: test parts cover the set, inner folds only its training part", () => {
  const whole = mixed(60, 4);
  for (const options of [{ seed: 1 }, { seed: 1, stratify: "kind" as const }]) {
    const outer = whole.nestedKFold({ outer: 3, inner: 4 }, options);
    deepStrictEqual(rows(...outer.map(({ test }) => test)), rows(whole));
    for (const { train, test, inner } of outer) {
      deepStrictEqual(rows(train, test), rows(whole));
      strictEqual(inner.length, 4);
      deepStrictEqual(rows(...inner.map(({ validation }) => validation)), rows(train));
      for (const fold of inner) deepStrictEqual(rows(fold.train, fold.validation), rows(train));
    }
    notDeepStrictEqual(rows(outer[0].inner[0].validation), rows(outer[1].inner[0].validation));
  }
  const owners = (part: Mixed) => new Set(Array.from(part.rows, (row) => part.groups.owner[row]));
  for (
    const { test, inner } of whole.nestedKFold({ outer: 2, inner: 2 }, { seed: 1, by: "owner" })
  ) {
    for (const { train, validation } of inner) {
      ok(owners(train).isDisjointFrom(owners(validation)));
      ok(owners(train).union(owners(validation)).isDisjointFrom(owners(test)));
    }
  }
});

Deno.test("what cannot be stratified is refused", () => {
  const whole = mixed(30, 1);
  throws(() => whole.kFold(2, { seed: 1, stratify: "pair" }), /"pair" has rows of shape \[2\]/);
  throws(
    () => whole.kFold(2, { seed: 1, stratify: "kind", by: "owner" }),
    /by a group or is stratified by a task, not both/,
  );
  throws(
    () => whole.take(3).kFold(4, { seed: 1, stratify: "kind" }),
    /Part "fold 4" would be empty: 3 examples/,
  );
});
