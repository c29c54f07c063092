/** The notebook runner on the real kernel: nothing is lost, and failures point to their place. */
import assert from "node:assert/strict";
import { notebookText, parseNotebook } from "../../tools/notebook_source.ts";
import { fromScript } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";
import { CellFailure, runNotebook } from "../../tools/run_notebooks/mod.ts";

const folder = `${paths.made}/test-notebooks`;
const here = `${paths.root}/tests/notebooks`;

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, string | string[]>;
  ename?: string;
  evalue?: string;
}

const joined = (text: string | string[] = "") => typeof text === "string" ? text : text.join("");

/** Runs a notebook and gives the outputs by cell id, and the notebook's metadata. */
async function outputsOf(notebook: string) {
  await Deno.mkdir(folder, { recursive: true });
  const executed = `${folder}/${crypto.randomUUID()}.ipynb`;
  try {
    await runNotebook({ notebook, executed, profile: "quick", folder: here, quiet: true });
    const { cells, metadata } = parseNotebook(await Deno.readTextFile(executed), executed);
    const outputs = Object.fromEntries(
      cells.map((cell) => [cell.id, (cell.outputs ?? []) as Output[]]),
    );
    return { cells, metadata, outputs };
  } finally {
    await Deno.remove(executed).catch(() => {});
  }
}

/** Runs code cells that must fail and gives the failure. */
async function failureOf(...code: string[]): Promise<CellFailure> {
  await Deno.mkdir(folder, { recursive: true });
  const name = `${folder}/${crypto.randomUUID()}`;
  const script = code.map((text, index) => `// %% id=cell-${index + 1}\n${text}\n`).join("\n");
  await Deno.writeTextFile(`${name}.ipynb`, notebookText(fromScript(script, name)));
  try {
    await runNotebook({
      notebook: `${name}.ipynb`,
      executed: `${name}.out.ipynb`,
      profile: "quick",
      folder: here,
      cellSeconds: 5,
      quiet: true,
    });
  } catch (error) {
    assert.ok(error instanceof CellFailure, String(error));
    await assert.rejects(Deno.stat(`${name}.out.ipynb`), "a failed run leaves no executed copy");
    return error;
  } finally {
    await Deno.remove(`${name}.ipynb`);
  }
  throw new assert.AssertionError({ message: "the notebook was expected to fail" });
}

Deno.test("every output arrives, whole and in its own cell", async () => {
  const { cells, metadata, outputs } = await outputsOf(`${here}/output_torture.ipynb`);
  const only = (id: string): Output => {
    assert.equal(outputs[id].length, 1, `${id} has one output`);
    return outputs[id][0];
  };
  const stream = (id: string) => joined(only(id).text);
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("");

  assert.equal(stream("flood"), lines(3000, (index) => `flood ${index}`));
  assert.equal(stream("after-flood"), "after the flood\n");
  assert.equal(joined(only("large-display").data!["text/html"]).length, 1_000_000 + 7);
  assert.equal(
    joined(only("after-large-display").data!["text/plain"]),
    '"after the large display"',
  );
  assert.equal(stream("twenty-prints"), lines(20, (index) => `print ${index}`));

  const [bar, full, ...more] = outputs["progress-bar"];
  assert.equal(joined(bar.data!["text/plain"]), "200 of 200");
  assert.equal(joined(full.text), "the bar is full\n");
  assert.deepEqual(more, []);

  assert.match(only("syntax-error").ename!, /SyntaxError: Expression expected/);
  assert.equal(only("thrown-error").ename, "RangeError");
  assert.equal(only("thrown-error").evalue, "thrown on purpose: 3");
  assert.equal(joined(only("not-a-number").data!["text/plain"]), "NaN");
  assert.equal(joined(only("null").data!["text/plain"]), "null");
  assert.equal(joined(only("bigint").data!["text/plain"]), "12345678901234567890n");

  // What is printed and what is displayed leave Deno's kernel on two ways: on a busy machine one may
  // overtake the other. What is printed stays in order.
  const [displayed, printed] = [true, false].map((display) =>
    outputs.interleaved.filter(({ data }) => (data !== undefined) === display)
      .map(({ text, data }) => joined(text ?? data?.["text/plain"]).trimEnd())
  );
  assert.deepEqual(displayed, ["between"]);
  assert.deepEqual(printed, ["before", "an error stream", "behind"]);
  assert.equal(stream("after-idle"), "said after the cell had ended\n");
  assert.equal(joined(only("meanwhile").data!["text/plain"]), '"meanwhile"');
  assert.equal(joined(only("last").data!["text/plain"]), '"the last cell"');

  const code = cells.filter((cell) => cell.cell_type === "code");
  assert.deepEqual(
    code.map((cell) => cell.execution_count),
    code.map((_, index) => index + 1),
  );
  const facts = metadata.polytask as Record<string, unknown>;
  assert.equal(facts.profile, "quick");
  assert.equal((facts.versions as { deno: string }).deno, Deno.version.deno);
  const cellSeconds = facts.cellSeconds as (number | null)[];
  assert.deepEqual(
    cellSeconds.map((seconds) => seconds !== null),
    cells.map((cell) => cell.cell_type === "code"),
  );
  assert.ok(Number.isFinite(Date.parse(facts.executedAt as string)));
});

Deno.test("a thrown error is reported with chapter, cell, line and message", async () => {
  const failure = await failureOf(
    "function earlier(): never {\n  throw new TypeError('wrong input');\n}",
    "interface Erased {\n  field: number;\n}\n\nconst erased: Erased = { field: 1 };\n\n" +
      "if (erased.field) earlier();",
    "console.log('never reached');",
  );
  assert.equal(failure.cell, 2);
  assert.equal(failure.line, 7);
  assert.match(failure.message, /\.ipynb, cell 2 \(cell-2\), line 7: TypeError: wrong input/);
});

Deno.test("a rejection deep inside the library is reported at the cell's own line", async () => {
  const failure = await failureOf(
    "const depth = async (n: number): Promise<void> => {\n" +
      "  if (n === 0) throw new Error('bottom');\n  await depth(n - 1);\n};",
    "const before = 1;\n\nawait depth(30 + before - 1);",
  );
  assert.equal(failure.cell, 2);
  assert.equal(failure.line, 3);
});

Deno.test("a syntax error is reported with its line", async () => {
  const failure = await failureOf("const fine = 1;", "const alsoFine = fine;\nconst broken = ;");
  assert.equal(failure.cell, 2);
  assert.equal(failure.line, 2);
  assert.match(failure.message, /SyntaxError: Expression expected/);
});

Deno.test("a cell that never ends is reported", async () => {
  const failure = await failureOf("await new Promise((resolve) => setTimeout(resolve, 1e6));");
  assert.equal(failure.cell, 1);
  assert.match(failure.message, /took longer than 5\.0 s/);
});

Deno.test("a kernel that dies is reported", async () => {
  const failure = await failureOf("Deno.exit(3);");
  assert.equal(failure.cell, 1);
  assert.match(failure.message, /the kernel died/);
});
