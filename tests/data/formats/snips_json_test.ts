import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseCommands } from "../../../lib/data/sets/snips.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const bytes = (content: unknown) => new TextEncoder().encode(JSON.stringify(content));
const valid = {
  PlayMusic: [
    { data: [{ text: "play " }, { text: "Blue in Green", entity: "track" }, { text: " now" }] },
    { data: [{ text: "stop" }] },
  ],
};

Deno.test("commands become words with BIO tags", () => {
  deepStrictEqual(parseCommands(bytes(valid), "PlayMusic", "a.json"), [
    {
      intent: "PlayMusic",
      words: ["play", "Blue", "in", "Green", "now"],
      tags: ["O", "B-track", "I-track", "I-track", "O"],
    },
    { intent: "PlayMusic", words: ["stop"], tags: ["O"] },
  ]);
});

Deno.test("damaged files and other JSON are explained; no more words than bytes", () => {
  const check = (file: Uint8Array) => {
    for (
      const { words, tags } of parsesOrExplains(() => parseCommands(file, "a", "a.json")) ?? []
    ) {
      strictEqual(words.length, tags.length);
      ok(words.length <= file.length);
    }
  };
  fc.assert(fc.property(damaged(bytes({ a: valid.PlayMusic })), check), { numRuns: 2000 });
  const other = fc.oneof(
    fc.jsonValue(),
    fc.jsonValue().map((text) => ({ a: [{ data: [{ text }] }] })),
  );
  fc.assert(fc.property(other, (content) => check(bytes(content))), { numRuns: 1000 });
  const named = { a: [{ data: [{ text: "x", entity: { not: "a name" } }] }] };
  throws(
    () => parseCommands(bytes(named), "a", "a.json"),
    /a\.json, line 1: sentence 0 is no list/,
  );
});
