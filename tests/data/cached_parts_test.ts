import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { builtOnce } from "../../lib/data/_cached_parts.ts";
import { MultiTaskDataset } from "../../lib/data/mod.ts";
import { temporaryFolder } from "./_temporary.ts";

Deno.test("parts come back as they were built: masks, labels, scales, groups, words", async () => {
  const part = {
    inputs: { x: { values: Uint8Array.of(1, 2, 3, 4), shape: [2], scale: 0.5, offset: 1 } },
    targets: {
      kind: {
        values: Int32Array.of(1, 0),
        shape: [],
        labels: ["no", "yes"],
        mask: Uint8Array.of(1, 0),
      },
      size: { values: Float32Array.of(0.5, NaN), shape: [] },
    },
    groups: { who: ["ann", "bob"], year: [2007, 2008] },
    name: "part",
    description: "made",
    origin: "generated" as const,
  };
  let builds = 0;
  const load = (cache: string) =>
    builtOnce({ name: "test", version: 1, sources: ["crabs/crabs.dat"] }, { cache }, () => {
      builds++;
      return Promise.resolve({ parts: { train: part }, extra: ["a", "b"] });
    });
  const cache = temporaryFolder();
  const first = await load(cache);
  const second = await load(cache);
  strictEqual(builds, 1);
  for (const { parts, extra } of [first, second]) {
    deepStrictEqual(parts.train, part);
    deepStrictEqual(extra, ["a", "b"]);
    strictEqual(MultiTaskDataset.from(parts.train).labelCount("size"), 1);
  }
});
