import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";

const draw = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.normal());

Deno.test("Random: the same seed gives the same numbers, other seeds and labels others", () => {
  deepStrictEqual(draw(new Random(7), 5), draw(new Random(7), 5));
  const streams = [new Random(7), new Random(8), new Random("7/a"), Random.stream(7, "b")];
  strictEqual(new Set(streams.map((random) => random.uniform())).size, 4);
  deepStrictEqual(Random.stream(7, "a").uniform(), new Random("7/a").uniform());
});

Deno.test("Random: pinned numbers, so that published seeds keep their meaning", () => {
  const random = new Random(7);
  deepStrictEqual([random.uniform(), random.integer(1000), random.normal()], [
    0.5229215455558196,
    399,
    -0.4989145978613445,
  ]);
});

Deno.test("Random: a restored stream goes on where it was, half-used normal pairs included", () => {
  const random = new Random("course");
  draw(random, 3);
  const state = JSON.parse(JSON.stringify(random.state()));
  deepStrictEqual(draw(Random.fromState(state), 4), draw(random, 4));
});

Deno.test("Random: moments and frequencies are within five standard errors", () => {
  const random = new Random(1);
  const count = 20_000;
  const normals = draw(random, count);
  const mean = normals.reduce((sum, value) => sum + value, 0) / count;
  const square = normals.reduce((sum, value) => sum + value * value, 0) / count;
  strictEqual(Math.abs(mean) < 5 / Math.sqrt(count), true, `mean ${mean}`);
  strictEqual(Math.abs(square - 1) < 5 * Math.sqrt(2 / count), true, `square ${square}`);
  const counts = new Int32Array(6);
  for (let at = 0; at < count; at++) counts[random.integer(6)]++;
  for (const seen of counts) {
    strictEqual(Math.abs(seen - count / 6) < 5 * Math.sqrt(count * (5 / 36)), true, `${counts}`);
  }
});

Deno.test("Random: permutation holds every number once", () => {
  deepStrictEqual([...new Random(3).permutation(50)].sort((a, b) => a - b), [
    ...Array(50).keys(),
  ]);
});

Deno.test("Random: the order of a seed stays what it was", () => {
  deepStrictEqual([...new Random(3).permutation(8)], [7, 5, 0, 1, 3, 6, 4, 2]);
  const random = new Random(5);
  deepStrictEqual([2 ** 32, 3e9, 2 ** 31 + 1, 7].map((limit) => random.integer(limit)), [
    4201974300,
    993540482,
    496829837,
    5,
  ]);
});

Deno.test("Random: refuses limits that are no whole number from 1", () => {
  for (const limit of [0, -1, 1.5, NaN, 2 ** 33]) {
    throws(() => new Random(1).integer(limit), /limit must be a whole number/);
  }
});
