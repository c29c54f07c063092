import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { DataFormatError, parseIdx } from "../../../lib/data/mod.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const valid = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

Deno.test("an IDX array is read without copying", () => {
  const { shape, values } = parseIdx(valid);
  deepStrictEqual(shape, [2, 3]);
  deepStrictEqual([...values], [1, 2, 3, 4, 5, 6]);
  strictEqual(values.buffer, valid.buffer);
});

Deno.test("each thing that can be wrong is named with file, byte, expected and found", () => {
  const explain = (bytes: number[], message: RegExp, dimensions?: number) =>
    throws(
      () => parseIdx(Uint8Array.from(bytes), { file: "images", dimensions }),
      (error: Error) => {
        ok(error instanceof DataFormatError);
        ok(message.test(error.message), error.message);
        return true;
      },
    );
  explain([], /images, byte 0: an IDX header has 4 bytes/);
  explain([31, 139, 8, 0], /images, byte 0: .*two zero bytes.*31 and 139/);
  explain([0, 0, 13, 1, 0, 0, 0, 0], /images, byte 2: expected the type 8 .*found 13/);
  explain([0, 0, 8, 9], /images, byte 3: expected 1 to 4 dimensions, found 9/);
  explain([...valid], /images, byte 3: expected 3 dimensions, found 2/, 3);
  explain([0, 0, 8, 2, 0, 0], /images, byte 6: the header of 2 dimensions has 12 bytes/);
  explain(
    [...valid.slice(0, -1)],
    /byte 12: the header promises 2 x 3 = 6 values, but 5 .*cut short/,
  );
  explain([...valid, 0], /but 7 bytes follow; the file is too long/);
  explain([0, 0, 8, 3, 128, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28, 1], /promises 2147483648 x 28 x 28/);
});

Deno.test("damaged IDX files are explained and allocate nothing", () => {
  fc.assert(
    fc.property(damaged(valid), (bytes) => {
      const array = parsesOrExplains(() => parseIdx(bytes));
      if (!array) return;
      strictEqual(array.values.buffer, bytes.buffer);
      strictEqual(array.shape.reduce((size, side) => size * side, 1), array.values.length);
    }),
    { numRuns: 3000 },
  );
});
