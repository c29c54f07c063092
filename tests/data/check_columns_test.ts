import { deepStrictEqual, throws } from "node:assert/strict";
import { type Column, MultiTaskDataset } from "polytask";

const x: Column = { values: Float32Array.of(1, 2, 3), shape: [] };

/** A data set as a program without types may ask for it. */
function from(inputs: unknown, targets: unknown): MultiTaskDataset {
  return MultiTaskDataset.from({ inputs, targets } as Parameters<typeof MultiTaskDataset.from>[0]);
}

Deno.test("arrays without a type of TensorFlow's are refused, not read as other numbers", () => {
  const kinds: readonly [ArrayLike<unknown>, RegExp][] = [
    [[1, 2, 3], /Target "y": `values` is an Array, .*wrap it in Float32Array\.from/],
    [Float64Array.of(1, 2, 3), /Target "y": `values` is a Float64Array/],
    [Int8Array.of(1, 2, 3), /`values` is an Int8Array/],
    [BigInt64Array.of(1n, 2n, 3n), /`values` is a BigInt64Array/],
    ["123", /`values` is a String/],
  ];
  for (const [values, message] of kinds) {
    throws(() => from({ x }, { y: { values, shape: [] } }), { name: "TypeError", message });
  }
  throws(() => from({ x: { values: [1, NaN, 3], shape: [] } }, { y: x }), /Input "x": `values`/);
});

Deno.test("what a column lacks is named", () => {
  const { values } = x;
  throws(() => from({ x: { values } }, { y: x }), /Input "x": `shape` is missing.*give \[\]/);
  throws(() => from({ x: { values, shape: 1 } }, { y: x }), /`shape` is a Number/);
  throws(() => from({ x: values }, { y: x }), /Input "x" is a Float32Array.*\{ values, shape \}/);
  throws(() => from({ x: undefined }, {}), /Input "x" is missing.*\{ values, shape \}/);
  throws(() => from({ x }, undefined), /`targets`.*are missing; give \{\}/);
  throws(() => from(undefined, {}), /`inputs`.*are missing/);
  throws(
    () => from({ x }, { y: { ...x, mask: [1, 0, 1] } }),
    /"y": `mask` is an Array.*Uint8Array/,
  );
  throws(() => from({ x: { ...x, scale: "2" } }, {}), /"x": `scale` must be a finite number/);
  throws(() => from({ x: { ...x, offset: NaN } }, {}), /"x": `offset` must be a finite number/);
});

Deno.test("a split without a seed is refused, instead of taking always the same one", () => {
  const dataset = from({ x }, { y: x });
  const options = {} as { seed: number };
  for (const ask of [() => dataset.split({ a: 0.5 }, options), () => dataset.kFold(3, options)]) {
    throws(ask, /no seed.*seed: 7/);
  }
});

Deno.test("buffers of Node are bytes, and a data set may have no target", () => {
  const bytes = new (class Buffer extends Uint8Array {})(3);
  deepStrictEqual(from({ x: { values: bytes, shape: [] } }, {}).size, 3);
});
