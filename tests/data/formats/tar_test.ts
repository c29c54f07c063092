import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { DataFormatError, parseTar } from "../../../lib/data/mod.ts";
import { makeTar } from "../_make_tar.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const text = (value: string) => new TextEncoder().encode(value);
const valid = makeTar([
  { name: "folder/", type: "5" },
  { name: "folder/one.txt", content: text("one") },
  { name: "two.txt", content: text("2".repeat(600)) },
]);

Deno.test("files are read by name, in order, without copying", () => {
  const members = parseTar(valid);
  deepStrictEqual([...members.keys()], ["folder/one.txt", "two.txt"]);
  strictEqual(new TextDecoder().decode(members.get("two.txt")), "2".repeat(600));
  strictEqual(members.get("two.txt")!.buffer, valid.buffer);
});

Deno.test("long names of GNU tar and of pax are read", () => {
  const long = `${"deep/".repeat(30)}file`;
  const record = `path=${long}\n`;
  const length = record.length + 4;
  const gnu = makeTar([
    { name: "long", type: "L", content: text(`${long}\0`) },
    { name: "short", content: text("gnu") },
    { name: "plain", content: text("plain") },
  ]);
  deepStrictEqual([...parseTar(gnu).keys()], [long, "plain"]);
  const pax = makeTar([
    { name: "pax", type: "x", content: text(`${length} ${record}`) },
    { name: "short", content: text("pax") },
    { name: "plain", content: text("plain") },
  ]);
  deepStrictEqual([...parseTar(pax).keys()], [long, "plain"]);
});

Deno.test("names that lead out of the archive, links and doubles are refused", () => {
  const refuse = (members: Parameters<typeof makeTar>[0], message: RegExp) =>
    throws(() => parseTar(makeTar(members), { file: "a.tar" }), (error: Error) => {
      ok(error instanceof DataFormatError);
      ok(message.test(error.message), error.message);
      return true;
    });
  for (const name of ["../up", "/etc/passwd", "a/../../up", "..\\up", "C:\\x", "\\x"]) {
    refuse([{ name }], /a.tar, byte 0: the member name ".*" leads out of the archive/);
  }
  refuse([{ name: "../folder/", type: "5" }], /leads out of the archive/);
  refuse([{ name: "link", type: "2" }], /"link" is of type "2"; only files and folders/);
  refuse([{ name: "one" }, { name: "one" }], /byte 512: the member "one" comes twice/);
  throws(() => parseTar(valid, { maximumMembers: 1 }), /there are more than 1 members/);
});

Deno.test("a cut archive and a damaged header are explained", () => {
  throws(() => parseTar(valid.subarray(0, 512 * 3)), /ends without its end mark; it is cut short/);
  throws(
    () => parseTar(valid.subarray(0, 512 * 4)),
    /a member of 600 bytes begins here, but only 0/,
  );
  const flipped = valid.slice();
  flipped[512 + 3] ^= 4;
  throws(() => parseTar(flipped), /byte 512: no tar header here: its checksum should be \d+/);
});

Deno.test("damaged tar archives are explained; members are views of the archive", () => {
  fc.assert(
    fc.property(damaged(valid), (bytes) => {
      const members = parsesOrExplains(() => parseTar(bytes));
      for (const content of members?.values() ?? []) strictEqual(content.buffer, bytes.buffer);
    }),
    { numRuns: 2000 },
  );
});
