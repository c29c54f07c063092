/** The committed results of `bench speed` are what the pages show. */
import assert from "node:assert/strict";
import { speedChart } from "../../bench/speed/chart.ts";
import { merge, readResults, type RecordedRow } from "../../bench/speed/results.ts";
import { caption, speedTable, withTable } from "../../bench/speed/table.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));

Deno.test("every page with results of bench speed shows the committed ones", async () => {
  const record = await readResults();
  assert.ok(record);
  const table = speedTable(record);
  for (const path of ["README.md", "docs/backends.md"]) {
    const page = await read(path);
    assert.ok(page.includes(`\n\n${table}\n\n`), `${path}: run deno task bench speed`);
    assert.equal(withTable(page, table), page);
  }
  assert.equal(await read("bench/results/speed.md"), `${caption(record)}\n\n${table}\n`);
  assert.equal(await read("bench/results/speed.svg"), speedChart(record));
});

Deno.test("a committed ratio is the time of the peer divided by that of polytask", async () => {
  for (const { model, ms, peerMs, ratio } of (await readResults())!.rows) {
    assert.ok(ms > 0 && peerMs > 0, model);
    assert.ok(Math.abs(ratio - peerMs / ms) < 1e-12, model);
  }
});

const row = (model: string, threads: number, ms: number, peer = "pytorch"): RecordedRow => ({
  model,
  backend: "wasm",
  threads,
  ms,
  peer,
  peerThreads: threads,
  peerMs: 2 * ms,
  ratio: 2,
  measured: "2026-01-02",
});

const record = (rows: RecordedRow[], cores = 2) => ({
  machine: { processor: "P", cores },
  versions: { tfjs: "4.22.0", deno: "2.8.1" },
  rows,
});

Deno.test("new rows replace those of their model, and keep the others of the same machine", () => {
  const old = record([row("mlp", 1, 5), row("mlp", 1, 5, "tfjs-node"), row("gpt", 1, 7)]);
  const merged = merge(old, record([row("mlp", 1, 4)]));
  assert.deepEqual(merged.map(({ model, ms }) => [model, ms]), [["mlp", 4], ["gpt", 7]]);
  assert.equal(merge(old, record([row("mlp", 1, 4)], 8)).length, 1);
  assert.equal(merge(undefined, old).length, 3);
});

Deno.test("the table has a line for each model and number of threads, with gaps where no peer ran", () => {
  const table = speedTable(
    record([row("mlp", 1, 5), row("mlp", 1, 5, "tfjs-node"), row("gpt", 2, 7)]),
  );
  const cells = table.split("\n").map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assert.deepEqual(cells[2], ["MLP 784-512-256-10", "1", "5.0", "10.0", "2.00", "10.0", "2.00"]);
  assert.deepEqual(cells[3], ["transformer, two layers", "2", "7.0", "14.0", "2.00", "", ""]);
  assert.deepEqual(cells.slice(4).map(([title, , ms]) => [title, ms]).at(-1), [
    "MMoE, two tasks",
    "not measured",
  ]);
  assert.throws(() => withTable("# Page\n", table), /no table/);
  assert.equal(withTable(`a\n\n${table}\n\nb\n`, table), `a\n\n${table}\n\nb\n`);
});
