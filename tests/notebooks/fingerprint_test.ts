import assert from "node:assert/strict";
import { fromScript, type Notebook, notebookText } from "../../tools/notebook_source.ts";
import { chapterFingerprint, sharedFingerprint } from "../../tools/run_notebooks/fingerprint.ts";

const notebook = fromScript("// %% id=one\nconst x = 1;\n\n// %% id=two\nx;\n", "x.ts");

function keyAfter(change: (notebook: Notebook) => void): string {
  const changed = structuredClone(notebook);
  change(changed);
  return chapterFingerprint(notebookText(changed), "x.ipynb", "shared");
}

Deno.test("a chapter is run again when its cells change, not when its outputs do", () => {
  const key = keyAfter(() => {});
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.notEqual(keyAfter(({ cells }) => cells[0].source = "const x = 2;"), key);
  assert.notEqual(keyAfter(({ cells }) => cells.pop()), key);
  assert.notEqual(keyAfter(({ cells }) => cells[1].metadata.tags = ["raises-exception"]), key);
  assert.notEqual(keyAfter(({ metadata }) => metadata.polytask = { seed: 8 }), key);
  assert.equal(keyAfter(({ cells }) => cells[0].outputs = [{ output_type: "stream" }]), key);
  assert.equal(keyAfter(({ cells }) => cells[0].execution_count = 5), key);
  assert.notEqual(chapterFingerprint(notebookText(notebook), "x.ipynb", "other"), key);
});

Deno.test("all chapters are run again for another profile, backend, data or number of threads", async () => {
  const settings = { profile: "quick", backend: "wasm", threads: "", data: [] };
  const key = await sharedFingerprint(settings);
  assert.equal(await sharedFingerprint({ ...settings }), key);
  const changes = [
    { profile: "full" },
    { backend: "cpu" },
    { threads: "2" },
    { data: ["mnist/train-images-idx3-ubyte"] },
  ];
  for (const change of changes) {
    assert.notEqual(await sharedFingerprint({ ...settings, ...change }), key);
  }
});
