import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { DataFormatError } from "../../../lib/data/errors.ts";
import { type MatValue, parseMat5 } from "../../../lib/data/formats/mat5.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";
import { makeMat } from "./_make_mat.ts";

const variables = {
  x: { shape: [2, 3], values: [1, 2, 3, 4, 5.5, -6] },
  bytes: { shape: [1, 5], values: [0, 1, 2, 254, 255], as: "uint8" as const },
  title: "score",
  both: [{ shape: [1, 1], values: [7] }, "nested", [{ shape: [1, 2], values: [8, 9] }]],
};

/** Most bytes that packed parts may become. */
const LARGEST = 1 << 16;

/** How many numbers, letters and cells were read. */
function sizeOf(values: readonly MatValue[]): number {
  return values.reduce((sum, value) => {
    if (value.kind === "numbers") return sum + value.values.length;
    if (value.kind === "text") return sum + value.text.length;
    return value.kind === "cells" ? sum + value.cells.length + sizeOf(value.cells) : sum;
  }, 0);
}

for (const compressed of [false, true]) {
  Deno.test(`a MAT file is read, ${compressed ? "compressed" : "plain"}`, () => {
    const { x, bytes, title, both } = parseMat5(makeMat(variables, { compressed }));
    deepStrictEqual(x, {
      kind: "numbers",
      shape: [2, 3],
      values: Float64Array.of(1, 2, 3, 4, 5.5, -6),
    });
    ok(bytes.kind === "numbers");
    deepStrictEqual([...bytes.values], [0, 1, 2, 254, 255]);
    deepStrictEqual(title, { kind: "text", text: "score" });
    ok(both.kind === "cells" && both.cells[2].kind === "cells");
    deepStrictEqual(both.cells[1], { kind: "text", text: "nested" });
    const [inner] = both.cells[2].cells;
    ok(inner.kind === "numbers");
    deepStrictEqual([...inner.values], [8, 9]);
  });

  Deno.test(`damaged MAT files are explained, ${compressed ? "compressed" : "plain"}`, () => {
    const valid = makeMat(variables, { compressed });
    fc.assert(
      fc.property(damaged(valid), (bytes) => {
        const read = parsesOrExplains(() => parseMat5(bytes, { largest: LARGEST }));
        // No more numbers, letters and cells than there are bytes, packed or unpacked.
        if (read) ok(sizeOf(Object.values(read)) <= bytes.length + (compressed ? LARGEST : 0));
      }),
      { numRuns: 2000 },
    );
  });
}

Deno.test("what is wrong with a MAT file is said with file and byte", () => {
  const explain = (bytes: Uint8Array, message: RegExp, largest?: number) =>
    throws(() => parseMat5(bytes, { file: "marks.mat", largest }), (error: Error) => {
      ok(error instanceof DataFormatError && message.test(error.message), error.message);
      return true;
    });
  const valid = makeMat(variables);
  explain(valid.slice(0, 100), /marks\.mat, byte 100: .*128 bytes of header/);
  const newer = valid.slice();
  newer.set(new TextEncoder().encode("MATLAB 7.3"));
  newer.set([0, 0], 126);
  explain(newer, /version 7\.3 \(HDF5\); save it again with -v7/);
  explain(valid.slice(0, 150), /byte 136: \d+ bytes are expected here, but only 14 follow/);
  const bomb = makeMat({ zeros: { shape: [1, 100_000], values: new Array(100_000).fill(0) } }, {
    compressed: true,
  });
  ok(bomb.length < 5000);
  explain(bomb, /does not unpack within 1000 bytes/, 1000);
  // Sides that promise 2^31 rows and more are refused before anything is made for them.
  for (const sides of [[2 ** 31 - 1, 1], [2 ** 31 - 1, 2 ** 31 - 1], [2 ** 20, 2 ** 12]]) {
    const promise = makeMat({ x: { shape: sides, values: [1] } });
    explain(promise, /the array "x" of \d+ x \d+ needs \d+ numbers, but 1 follow/);
  }
  const short = makeMat({ x: { shape: [2, 2], values: [1, 2, 3] } });
  explain(short, /the array "x" of 2 x 2 needs 4 numbers, but 3 follow/);
});

Deno.test("structs and other classes are marked, not guessed", () => {
  const bytes = makeMat({ x: { shape: [1, 1], values: [1] } });
  // The class lies after header, tag of the matrix and tag of its flags.
  bytes[128 + 8 + 8] = 2;
  deepStrictEqual(parseMat5(bytes), { x: { kind: "unread", what: "a struct" } });
  strictEqual(Object.getPrototypeOf(parseMat5(bytes)), Object.prototype);
});
