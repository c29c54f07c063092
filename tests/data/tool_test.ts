import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { catalogFiles, filesOf } from "../../lib/data/mod.ts";
import { verify } from "../../tools/data.ts";
import configuration from "../../deno.json" with { type: "json" };
import { temporaryFolder } from "./_temporary.ts";

Deno.test("verify counts what is right, missing and wrong, and fails only for what is wrong", async () => {
  const cache = temporaryFolder();
  const lines: string[] = [];
  const options = { cache, mirror: null };
  const files = filesOf("palmerpenguins");
  const empty = await verify(files, options, () => {});
  deepStrictEqual(empty, { summary: "0 files ok, 2 missing, 0 wrong", code: 0 });
  Deno.mkdirSync(`${cache}/palmerpenguins`);
  Deno.writeTextFileSync(`${cache}/palmerpenguins/penguins.csv`, "not the penguins");
  const wrong = await verify(files, options, (line) => lines.push(line));
  deepStrictEqual(wrong, { summary: "0 files ok, 1 missing, 1 wrong", code: 1 });
  match(lines[0], /^wrong {4}palmerpenguins\/penguins\.csv: .* SHA-256 /);
  strictEqual(lines.length, 2);
});

Deno.test("the data task may ask exactly the hosts of the catalogue", () => {
  const task = configuration.tasks.data.command;
  const granted = /--allow-net=(\S+)/.exec(task)?.[1].split(",") ?? [];
  // GitHub sends archives from another host.
  const needed = new Set(["codeload.github.com"]);
  for (const { variants } of catalogFiles) {
    for (const url of variants.flatMap(({ urls }) => urls)) needed.add(new URL(url).host);
  }
  ok(granted.length > 0);
  deepStrictEqual(granted.sort(), [...needed].sort());
});
