/** Running several chapters: a failure ends its chapter alone, unchanged ones are left as they are. */
import assert from "node:assert/strict";
import { fromScript, notebookText } from "../../tools/notebook_source.ts";
import { closingWords } from "../../tools/course.ts";
import { paths } from "../../tools/paths.ts";
import { chapterTimes, executedState, runChapters } from "../../tools/run_notebooks/chapters.ts";

/** Runs `work` in a folder that is removed afterwards, and gives what was said meanwhile. */
async function said(work: (folder: string) => Promise<void>): Promise<string> {
  const folder = `${paths.made}/test-notebooks/${crypto.randomUUID()}`;
  await Deno.mkdir(folder, { recursive: true });
  const { error } = console;
  const lines: string[] = [];
  console.error = (line) => lines.push(line);
  try {
    await work(folder);
  } finally {
    console.error = error;
    await Deno.remove(folder, { recursive: true });
  }
  return lines.join("\n");
}

async function chapter(folder: string, name: string, code: string): Promise<string> {
  const path = `${folder}/${name}.ipynb`;
  await Deno.writeTextFile(path, notebookText(fromScript(`// %% id=only\n${code}\n`, name)));
  return path;
}

Deno.test("the end of the course counts what passed and failed, in the words that task test reads", () => {
  const end = (failed: string[]) =>
    closingWords({ passed: ["/n/00_a.ipynb"], failed, index: "/site/index.html", seconds: 1 });
  assert.match(end([]), /^1 chapters passed, 0 failed\n\nThe course is ready \(1\.0 s\)/);
  assert.match(
    end(["/n/01_b.ipynb", "/n/02_c.ipynb"]),
    /^1 chapters passed, 2 failed\n\nTo put right: 01_b, 02_c, see above[^]*\/site\/index\.html/,
  );
});

Deno.test("a chapter that fails is reported, the others run, and only what changed runs again", async () => {
  const report = await said(async (folder) => {
    const first = await chapter(folder, "00_first", "1 + 1");
    const broken = await chapter(folder, "01_broken", "const a = 1;\nthrow new Error('mine' + a);");
    const last = await chapter(folder, "02_last", "2 + 2");
    const options = {
      executed: `${folder}/executed`,
      profile: "quick" as const,
      shared: "everything else",
      folder,
      quiet: true,
    };
    const { passed, failed } = await runChapters([first, broken, last], options);
    assert.deepEqual([passed, failed], [[first, last], [broken]]);
    assert.equal(await executedState(first, options), "current");
    assert.equal(await executedState(broken, options), "none");
    const times = await chapterTimes(options.executed);
    assert.deepEqual(Object.keys(times), ["00_first", "02_last"]);
    assert.ok(times["00_first"].seconds > 0);

    // Unchanged, changed to be wrong, changed to be right.
    const before = await Deno.stat(`${options.executed}/00_first.ipynb`);
    await chapter(folder, "02_last", "throw new Error('now wrong')");
    assert.equal(await executedState(last, options), "outdated");
    await chapter(folder, "01_broken", "3 + 3");
    const again = await runChapters([first, broken, last], options);
    assert.deepEqual([again.passed, again.failed], [[first, broken], [last]]);
    const after = await Deno.stat(`${options.executed}/00_first.ipynb`);
    assert.deepEqual(after.mtime, before.mtime);
    assert.equal(await executedState(last, options), "outdated");
    assert.equal(await executedState(first, { ...options, shared: "other" }), "outdated");
  });
  assert.match(report, /01_broken\.ipynb, cell 1 \(only\), line 2: Error: mine1/);
  assert.match(report, /02_last\.ipynb, cell 1 \(only\), line 1: Error: now wrong/);
});
