/**
 * `deno task check [format|lint|types|notebooks ...]`: what can be told without running anything.
 *
 * - `format`: everything is laid out by `deno fmt`.
 * - `lint`: `deno lint`, and polytask's own rules (`tools/check/lint_plugin.ts`).
 * - `types`: library, tools, tests and benchmarks, without running them.
 * - `notebooks`: chapters are stripped and formatted, and their cells pass lint and types; messages
 *   name chapter, cell and line.
 *
 * @module
 */
import { checkNotebooks } from "./check/notebooks.ts";
import { exists, filesUnder } from "./files.ts";
import { paths } from "./paths.ts";
import { duration, fail, StatusLine, UserError } from "./report.ts";
import { runDeno } from "./run_deno.ts";
import { setUp } from "./setup/mod.ts";

const CODE_FOLDERS = ["lib", "tools", "tests", "bench", "notebooks"];

async function deno(args: string[]): Promise<string[]> {
  const { success, output } = await runDeno(args);
  return success ? [] : [output];
}

async function checkTypes(): Promise<string[]> {
  const modules: string[] = [];
  for (const folder of CODE_FOLDERS) {
    if (!await exists(`${paths.root}/${folder}`)) continue;
    const files = await filesUnder(`${paths.root}/${folder}`, (name) => name === "node_modules");
    // The kernel sources are AssemblyScript, which only looks like TypeScript.
    modules.push(...files.filter((file) => file.endsWith(".ts") && !file.includes("/assembly/")));
  }
  return modules.length === 0 ? [] : await deno(["check", "--quiet", ...modules]);
}

/**
 * Everything of ours in the root. Named one by one, because in `.polytask/` other checks and tests
 * may be at work at the same time.
 */
async function ownPaths(): Promise<string[]> {
  const made = ["node_modules", "site", "data"];
  const own = ["data/catalog.json"];
  for await (const { name } of Deno.readDir(paths.root)) {
    if (!name.startsWith(".") && !made.includes(name)) own.push(name);
  }
  return own.sort();
}

/** The files that are laid out in another way; their text would fill pages. */
async function checkFormat(): Promise<string[]> {
  const { success, output } = await runDeno(["fmt", "--check", ...await ownPaths()]);
  if (success) return [];
  const files = [...output.matchAll(/^from (.+):$/gm)].map(([, file]) =>
    file.replace(`${paths.root}/`, "")
  );
  return files.length > 0 ? [`run deno fmt on: ${files.join(" ")}`] : [output];
}

const checks: Record<string, { title: string; run: () => Promise<string[]> }> = {
  format: { title: "Format", run: checkFormat },
  lint: { title: "Lint", run: () => deno(["lint", "--quiet", ...CODE_FOLDERS]) },
  types: { title: "Types", run: checkTypes },
  notebooks: { title: "Notebooks", run: checkNotebooks },
};

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => !(name in checks));
  if (unknown) {
    throw new UserError(
      `There is no check "${unknown}"; there are ${Object.keys(checks).join(", ")}`,
    );
  }
  await setUp();
  const status = new StatusLine();
  let [passed, failed] = [0, 0];
  for (const [name, { title, run }] of Object.entries(checks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    status.start(title);
    const problems = await run();
    const verdict = problems.length === 0 ? "right" : "not right";
    status.stop(`${title}: ${verdict} (${duration(status.seconds)})`);
    for (const problem of problems) console.log(problem.replace(/^/gm, "  "));
    if (problems.length === 0) passed++;
    else failed++;
  }
  console.log(`${passed} checks passed, ${failed} failed`);
  if (failed > 0) Deno.exit(1);
}

if (import.meta.main) await main(Deno.args).catch(fail);
