import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cellText,
  extractCode,
  fromScript,
  type Notebook,
  notebookProblems,
  notebookText,
  stripNotebook,
  toScript,
} from "../../tools/notebook_source.ts";

const script = `// polytask: { "seed": 7 }

// %% [markdown] id=title
/*
# Title

Formula $a \\cdot b$.
*/

// %% id=first tags=setup,slow
const x = 1;

// %% id=second
console.log(x);
`;

const ids = (notebook: Notebook) => notebook.cells.map((cell) => cell.id);

Deno.test("a script becomes a notebook that git accepts, and comes back unchanged", () => {
  const notebook = fromScript(script, "x.ts");
  assert.deepEqual(ids(notebook), ["title", "first", "second"]);
  assert.equal(cellText(notebook.cells[0]), "# Title\n\nFormula $a \\cdot b$.");
  assert.deepEqual(notebook.cells[1].metadata, { tags: ["setup", "slow"] });
  assert.deepEqual(notebook.metadata.polytask, { seed: 7 });
  assert.deepEqual(notebookProblems(notebookText(notebook), "x.ipynb"), []);
  assert.deepEqual(fromScript(toScript(notebook), "x.ts"), notebook);
});

Deno.test("property: any cells survive the way to a script and back", () => {
  // A line that starts a cell cannot be part of one; blank lines at the edges are dropped.
  const text = fc.array(
    fc.oneof(fc.string(), fc.constantFrom("", "*/", "/*", "// x", "  indented", "$$a_b$$")),
    { minLength: 1, maxLength: 6 },
  ).map((lines) => lines.join("\n").replace(/\r/g, "").replace(/^\s*\n|\s+$/g, ""))
    .filter((value) => value.trim() !== "" && !/^\/\/ %%/m.test(value) && value === value.trim());
  const cell = fc.record({ code: fc.boolean(), text });
  fc.assert(fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
    const notebook = stripNotebook({
      cells: cells.map(({ code, text }, index) => ({
        cell_type: code ? "code" : "markdown",
        id: `cell-${index}`,
        metadata: {},
        source: text,
      })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    });
    const back = fromScript(toScript(notebook), "x.ts");
    assert.deepEqual(back.cells.map(cellText), notebook.cells.map(cellText));
    assert.deepEqual(back, notebook);
  }));
});

Deno.test("cells without an id keep the one they had, also when edited or moved apart", () => {
  const unnamed = script.replaceAll(/ id=\w+/g, "");
  const first = fromScript(unnamed, "x.ts");
  assert.equal(new Set(ids(first)).size, 3);
  assert.deepEqual(ids(fromScript(unnamed, "x.ts", first)), ids(first));
  const edited = unnamed.replace("const x = 1;", "const x = 2;");
  assert.deepEqual(ids(fromScript(edited, "x.ts", first)), ids(first));
  const longer = unnamed.replace("// %%\nconsole", "// %%\nconst y = x;\n\n// %%\nconsole");
  const [title, one, added, two] = ids(fromScript(longer, "x.ts", first));
  assert.deepEqual([title, one, two], ids(first));
  assert.ok(!ids(first).includes(added));
});

Deno.test("what is wrong in a script is said with its place", () => {
  assert.throws(() => fromScript("const x = 1;", "x.ts"), /x\.ts has no cell/);
  assert.throws(() => fromScript("text\n// %%\n1", "x.ts"), /before the first/);
  assert.throws(
    () => fromScript("// %% id=a\n1\n// %% id=a\n2", "x.ts"),
    /two cells have the id "a"/,
  );
  assert.throws(() => fromScript("// %% name=a\n1", "x.ts"), /not understood at "name=a"/);
  assert.throws(() => fromScript("// %% id=ä\n1", "x.ts"), /no cell id/);
});

Deno.test("every trace of a run or an editor is found", () => {
  const clean = fromScript(script, "x.ts");
  const problems = (change: (notebook: Notebook) => void): string => {
    const notebook = structuredClone(clean);
    change(notebook);
    return notebookProblems(notebookText(notebook), "x.ipynb").join("; ");
  };
  const output = { output_type: "stream", name: "stdout", text: "1" };
  assert.equal(problems(() => {}), "");
  assert.equal(
    problems(({ cells }) => cells[1].outputs = [output]),
    "cell 2 (first) holds outputs",
  );
  assert.equal(
    problems(({ cells }) => cells[1].execution_count = 4),
    "cell 2 (first) holds an execution count",
  );
  assert.match(problems(({ cells }) => cells[2].id = "first"), /id of an earlier cell/);
  assert.match(problems(({ cells }) => cells[2].id = ""), /no valid id/);
  assert.match(
    problems(({ metadata }) => metadata.kernelspec = { name: "deno" }),
    /the kernel "deno"/,
  );
  assert.match(problems(({ cells }) => cells[1].metadata.collapsed = true), /editor settings/);
  assert.throws(() => notebookProblems("{", "x.ipynb"), /x\.ipynb is not a notebook/);
  assert.throws(() => notebookProblems("{}", "x.ipynb"), /not a notebook of format 4/);
});

Deno.test("extracted code is one module whose lines lead back to their cells", () => {
  const { code, lines } = extractCode(fromScript(script, "x.ts"));
  const row = code.split("\n").indexOf("console.log(x);");
  assert.deepEqual(lines[row], { cell: 3, id: "second", line: 1 });
  assert.equal(code.split("\n")[row - 1], "void 0;");
});
