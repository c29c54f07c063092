/** `task check` finds what is wrong in a cell and says where. */
import assert from "node:assert/strict";
import { checkNotebooks } from "../../tools/check/notebooks.ts";
import { fromScript, notebookText } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";

/** Checks one notebook made of a script; the file is gone afterwards. */
async function problemsOf(script: string): Promise<string[]> {
  const folder = `${paths.made}/test-check/${crypto.randomUUID()}`;
  await Deno.mkdir(folder, { recursive: true });
  const file = `${folder}/90_checked.ipynb`;
  try {
    await Deno.writeTextFile(file, notebookText(fromScript(script, "script")));
    return await checkNotebooks([file]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a right notebook has no problems, and unused names are no problem", async () => {
  const script = "// %% id=one\nimport { equal } from 'node:assert/strict';\nconst x = 1;\n" +
    "// %% id=two\nfunction later(argument: number): number {\n  return 0;\n}\n";
  const problems = await problemsOf(script.replaceAll("'", '"'));
  assert.deepEqual(problems, []);
});

Deno.test("a type error is told by chapter, cell and line", async () => {
  const [problem, ...more] = await problemsOf(
    "// %% id=one\nconst x = 1;\n\n// %% [markdown]\n// Text.\n\n// %% id=wrong\n// Next line.\nconst s: string = x;\ns;\n",
  );
  assert.deepEqual(more, []);
  assert.match(problem, /Type 'number' is not assignable to type 'string'/);
  assert.match(problem, /at 90_checked\.ipynb, cell 3 \(wrong\), line 2/);
});

Deno.test("an import that is not there is told, which the kernel passes over", async () => {
  const problems = await problemsOf(
    '// %% id=one\nimport { nowhere } from "node:os";\nnowhere;\n',
  );
  assert.match(problems.join(), /no exported member.*\n[^]*cell 1 \(one\), line 1/);
});

Deno.test("lint and blocking reads are told by chapter, cell and line", async () => {
  const problems = await problemsOf(
    "// %% id=one\nlet never = 1;\nnever;\n\n// %% id=two\n" +
      "const tensor = { dataSync: () => 1 };\ntensor.dataSync();\n",
  );
  assert.match(problems.join("\n"), /90_checked\.ipynb, cell 1 \(one\), line 1: .*prefer-const/);
  assert.match(problems.join("\n"), /90_checked\.ipynb, cell 2 \(two\), line 2: .*async-reads/);
});

Deno.test("cells that are not formatted are told", async () => {
  const problems = await problemsOf("// %% id=one\nconst x=1\nx\n");
  assert.match(problems.join(), /90_checked\.ipynb: not formatted: cell 1 \(one\)/);
});

Deno.test("a name that two cells declare is told", async () => {
  const problems = await problemsOf("// %% id=one\nconst x = 1;\n\n// %% id=two\nconst x = 2;\n");
  assert.match(problems.join(), /Cannot redeclare|already been declared/);
  assert.match(problems.join(), /cell 2 \(two\), line 1/);
});
