import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { catalogDatasets, catalogFiles, DataError, filesOf } from "../../lib/data/mod.ts";
import { fetchAll, verify } from "../../tools/data.ts";
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

/** Files that come in the same zip archive, by its address. */
function archives(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { key, variants } of catalogFiles) {
    const url = variants.find(({ kind }) => kind === "zip")?.urls[0];
    if (url) found.set(url, [...found.get(url) ?? [], key]);
  }
  return found;
}

Deno.test("files are fetched side by side, those of one archive one after another", async () => {
  const running = new Set<string>();
  const shared = [...archives().values()].filter((keys) => keys.length > 1);
  ok(shared.length > 0);
  let most = 0;
  const seen: string[] = [];
  const lines: string[] = [];
  const { summary, code } = await fetchAll(
    catalogFiles,
    (line) => lines.push(line),
    async (key) => {
      running.add(key);
      most = Math.max(most, running.size);
      for (const keys of shared) {
        ok(keys.filter((each) => running.has(each)).length <= 1, `${keys} at once`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      running.delete(key);
      seen.push(key);
      if (key.startsWith("crabs/")) throw new DataError("no address gave it.");
      return { from: "network", place: "an address" };
    },
  );
  strictEqual(most, 4);
  deepStrictEqual(seen.sort(), catalogFiles.map(({ key }) => key).sort());
  const crabs = filesOf("crabs").length;
  const all = catalogFiles.length;
  deepStrictEqual({ summary, code }, {
    summary: `${all - crabs} of ${all} files are here.`,
    code: 1,
  });
  strictEqual(lines.filter((line) => line.startsWith("failed   crabs/")).length, crabs);
});

/** Runs the tool where there is neither a cache nor a mirror. */
async function tool(...args: string[]) {
  const nowhere = `${temporaryFolder()}/nowhere`;
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--allow-read", "--allow-env", "--allow-sys"],
      ...[new URL("../../tools/data.ts", import.meta.url).href, ...args],
    ],
    env: { POLYTASK_DATA_CACHE: nowhere, POLYTASK_DATA_MIRROR: nowhere, NO_COLOR: "1" },
  }).output();
  const decode = (part: Uint8Array) => new TextDecoder().decode(part);
  return { lines: decode(stdout).trim().split("\n"), error: decode(stderr), code };
}

Deno.test("task data: list, where, verify, and words that it does not know", async () => {
  const [listed, placed, verified, unknown] = await Promise.all([
    tool("list"),
    tool("where", "mnist"),
    tool("verify"),
    tool("verify", "mnits"),
  ]);
  strictEqual(listed.code, 0, listed.error);
  for (const [key, { licence }] of Object.entries(catalogDatasets)) {
    ok(listed.lines.some((line) => line.startsWith(`${key} `)), key);
    ok(listed.lines.some((line) => line.includes(`licence: ${licence};`)), licence);
  }
  deepStrictEqual(
    placed.lines.filter((line) => line.endsWith(": missing")).length,
    filesOf("mnist").length,
  );
  deepStrictEqual(
    [verified.lines.at(-1), verified.code],
    [`0 files ok, ${catalogFiles.length} missing, 0 wrong`, 0],
  );
  strictEqual(unknown.code, 2);
  match(unknown.error, /mnits/);
});
