import fc from "fast-check";
import { ok } from "node:assert/strict";
import { DataFormatError } from "../../../lib/data/mod.ts";

/** Ways in which a file goes wrong on its way, as a fast-check arbitrary over `valid`. */
export function damaged(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat({ max: Math.max(0, valid.length - 1) });
  const cut = place.map((end) => valid.slice(0, end));
  const longer = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((tail) => {
    const bytes = new Uint8Array(valid.length + tail.length);
    bytes.set(valid);
    bytes.set(tail, valid.length);
    return bytes;
  });
  const flipped = fc.array(fc.tuple(place, fc.nat({ max: 7 })), { minLength: 1, maxLength: 8 })
    .map((flips) => {
      const bytes = valid.slice();
      for (const [at, bit] of flips) bytes[at] ^= 1 << bit;
      return bytes;
    });
  // Headers are at the front: hit them with extreme numbers.
  const extreme = fc.tuple(
    fc.nat({ max: Math.min(64, valid.length - 4) }),
    fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff),
  )
    .map(([at, value]) => {
      const bytes = valid.slice();
      new DataView(bytes.buffer).setUint32(at, value);
      return bytes;
    });
  const noise = fc.uint8Array({ maxLength: 200 });
  return fc.oneof(cut, longer, flipped, extreme, noise);
}

/**
 * Runs `parse`: it may succeed or throw a `DataFormatError` with a sentence, nothing else.
 * Returns the result, or nothing when it threw.
 */
export function parsesOrExplains<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (error) {
    ok(error instanceof DataFormatError, `threw ${error}`);
    ok(/^.+, (byte|line) \d+: .+\.$/.test(error.message), error.message);
    return undefined;
  }
}
