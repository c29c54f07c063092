import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parsedOnce } from "../../lib/data/_parsed_cache.ts";
import { filesBelow } from "./_catalog.ts";
import { temporaryFile, temporaryFolder } from "./_temporary.ts";

const key = { name: "test", version: 1, sources: ["crabs/crabs.dat"] };
const arrays = {
  bytes: Uint8Array.of(1, 2, 3),
  whole: Int32Array.of(-5, 6),
  single: Float32Array.of(0.5),
  double: Float64Array.of(Math.PI, -0, Infinity),
};

Deno.test("arrays and notes come back as they were, without parsing again", async () => {
  const cache = temporaryFolder();
  let parses = 0;
  const parse = () => {
    parses++;
    return Promise.resolve({ arrays, notes: { words: ["ä", "b"] } });
  };
  for (let time = 0; time < 3; time++) {
    const parsed = await parsedOnce(key, { cache }, parse);
    deepStrictEqual(parsed.arrays, arrays);
    deepStrictEqual(parsed.notes, { words: ["ä", "b"] });
  }
  strictEqual(parses, 1);
  strictEqual(filesBelow(cache).length, 1);
  await parsedOnce({ ...key, version: 2 }, { cache }, parse);
  await parsedOnce({ ...key, sources: ["sarcos/sarcos_inv_test.mat"] }, { cache }, parse);
  strictEqual(parses, 3);
});

Deno.test("a damaged or cut kept file is parsed anew", async () => {
  const cache = temporaryFolder();
  let parses = 0;
  const load = () =>
    parsedOnce(key, { cache }, () => {
      parses++;
      return Promise.resolve({ arrays, notes: null });
    });
  await load();
  const path = `${cache}/${filesBelow(cache)[0]}`;
  const whole = Deno.readFileSync(path);
  for (let at = 0; at < whole.length; at += 7) {
    const flipped = whole.slice();
    flipped[at] ^= 16;
    Deno.writeFileSync(path, flipped);
    deepStrictEqual((await load()).arrays, arrays, `byte ${at}`);
  }
  for (const length of [0, 5, 12, 60, whole.length - 1]) {
    Deno.writeFileSync(path, whole.subarray(0, length));
    deepStrictEqual((await load()).arrays, arrays, `${length} bytes`);
  }
  ok(parses > 5);
  deepStrictEqual(Deno.readFileSync(path), whole);
});

Deno.test("a cache that cannot be written only costs time", async () => {
  const cache = temporaryFile();
  const parsed = await parsedOnce(key, { cache }, () => Promise.resolve({ arrays, notes: 7 }));
  deepStrictEqual(parsed, { arrays, notes: 7 });
});

Deno.test("what older versions of a parser kept is removed, and nothing else", async () => {
  const cache = temporaryFolder();
  const folder = `${cache}/parsed`;
  const keep = (settings: string, version: number, name = "test") =>
    parsedOnce(
      { ...key, name, version, settings },
      { cache },
      () => Promise.resolve({ arrays, notes: null }),
    );
  const versions = () => filesBelow(folder).map((name) => name.replace(/[0-9a-f]{16}/, "#")).sort();
  await keep("a", 3);
  await keep("b", 3);
  await keep("a", 1, "test-other");
  await keep("a", 5);
  // Before versions stood in the names.
  Deno.writeTextFileSync(`${folder}/test.0123456789abcdef.bin`, "old");
  for (const draft of ["old", "new"]) {
    const path = `${folder}/test.v4.0123456789abcdef.bin.${draft}.tmp`;
    Deno.writeTextFileSync(path, "");
    if (draft === "old") Deno.utimeSync(path, 0, 0);
  }
  Deno.writeTextFileSync(`${folder}/notes of a user.txt`, "");
  const before = filesBelow(folder).length;
  await keep("a", 5);
  strictEqual(filesBelow(folder).length, before, "a load that keeps nothing removes nothing");
  await keep("a", 4);
  deepStrictEqual(versions(), [
    "notes of a user.txt",
    "test-other.v1.#.bin",
    "test.v4.#.bin",
    "test.v4.#.bin.new.tmp",
    "test.v5.#.bin",
  ]);
});

Deno.test("two processes with different versions share a cache", async () => {
  const cache = temporaryFolder();
  const script = fileURLToPath(new URL("./_parse_process.ts", import.meta.url));
  const outputs = await Promise.all([1, 2, 1, 2].map(async (version) => {
    const args = ["run", "--no-check", "--allow-all", script, cache, `${version}`, "60"];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    const decode = (part: Uint8Array) => new TextDecoder().decode(part).trim();
    return decode(stdout) || decode(stderr);
  }));
  deepStrictEqual(outputs, Array(4).fill("0 of 60 wrong"));
  ok(filesBelow(cache).some((name) => name.includes(".v2.")));
  ok(filesBelow(cache).every((name) => !name.endsWith(".tmp")));
});
