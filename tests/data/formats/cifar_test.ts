import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseCifar } from "../../../lib/data/mod.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

/** Two records; the planes of the second are 10, 20 and 30. */
const valid = new Uint8Array(2 * 3073);
valid[3073] = 9;
valid.fill(10, 3074, 3074 + 1024).fill(20, 3074 + 1024, 3074 + 2048).fill(30, 3074 + 2048);

Deno.test("planes become colours side by side", () => {
  const { rows, images, labels } = parseCifar(valid);
  deepStrictEqual([rows, [...labels]], [2, [0, 9]]);
  deepStrictEqual([...images.slice(3072, 3078)], [10, 20, 30, 10, 20, 30]);
  strictEqual(images.length, 2 * 3072);
});

Deno.test("a cut file and a wrong class are named", () => {
  throws(
    () => parseCifar(valid.subarray(1), "batch"),
    /batch, byte 6145: .*are 2\.00 of them; .*cut short/,
  );
  const wrong = valid.slice();
  wrong[3073] = 10;
  throws(
    () => parseCifar(wrong, "batch"),
    /batch, byte 3073: expected a class from 0 to 9, found 10/,
  );
});

Deno.test("damaged files are explained; no more pixels than bytes", () => {
  fc.assert(
    fc.property(damaged(valid), (broken) => {
      const images = parsesOrExplains(() => parseCifar(broken));
      if (images) ok(images.images.length <= broken.length);
    }),
    { numRuns: 500 },
  );
});
