/**
 * `deno task course [NN ...] [--profile full] [--force]`: sets everything up, runs the chapters on
 * the Deno kernel and exports them to `site/`. Chapters that have not changed are not run again.
 *
 * @module
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { chapterFiles, selectChapters } from "./chapters.ts";
import { exists } from "./files.ts";
import { paths } from "./paths.ts";
import { duration, fail, StatusLine, UserError } from "./report.ts";
import { executedKey, keepKey, runNotebook } from "./run_notebooks/mod.ts";
import { chapterFingerprint, sharedFingerprint } from "./run_notebooks/fingerprint.ts";
import { setUp } from "./setup/mod.ts";

/** Loaded late and by a computed name: its packages are there only after set-up. */
const EXPORTER = new URL("./site/mod.ts", import.meta.url).href;

async function main(args: string[]): Promise<void> {
  const begin = performance.now();
  const { chapters, profile, force } = parse(args);
  await setUp();
  const all = await chapterFiles();
  const selected = selectChapters(all, chapters);
  if (selected.length === 0) throw new UserError("There are no chapters in notebooks/ yet.");
  const shared = await sharedFingerprint({
    profile,
    backend: Deno.env.get("POLYTASK_BACKEND") ?? "",
    threads: Deno.env.get("POLYTASK_THREADS") ?? "",
    mirror: Deno.env.get("POLYTASK_DATA_MIRROR") ?? "",
  });
  for (const notebook of selected) await runChapter(notebook, profile, shared, force);
  const done: string[] = [];
  for (const notebook of all) {
    if (await exists(executedPath(notebook))) done.push(executedPath(notebook));
  }
  const status = new StatusLine();
  status.start("Writing the pages");
  try {
    const { exportSite }: typeof import("./site/mod.ts") = await import(EXPORTER);
    const documents = ["model_architectures", "your_own_data", "backends"].map((name) =>
      `${paths.root}/docs/${name}.md`
    );
    const { index } = await exportSite({ executed: done, documents, out: paths.site });
    status.stop();
    const seconds = (performance.now() - begin) / 1000;
    console.log(`${selected.length} chapters passed, 0 failed`);
    console.log(`\nThe course is ready (${duration(seconds)}). Open it in a browser:\n  ${index}`);
    console.log("To work through it yourself: deno task lab, or open notebooks/ in VS Code.");
  } finally {
    status.stop();
  }
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: {
        profile: { type: "string", default: Deno.env.get("POLYTASK_PROFILE") ?? "quick" },
        force: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const { profile, force } = values;
    if (profile !== "quick" && profile !== "full") {
      throw new Error(`the profile is quick or full, not "${profile}"`);
    }
    return { chapters: positionals, profile, force } as const;
  } catch (error) {
    throw new UserError(
      `${(error as Error).message}\nUsage: deno task course [NN ...] [--profile full] [--force]`,
    );
  }
}

function executedPath(notebook: string): string {
  return `${paths.executed}/${basename(notebook)}`;
}

async function runChapter(
  notebook: string,
  profile: "quick" | "full",
  shared: string,
  force: boolean,
): Promise<void> {
  const name = basename(notebook, ".ipynb");
  const executed = executedPath(notebook);
  const key = chapterFingerprint(await Deno.readTextFile(notebook), name, shared);
  if (!force && await executedKey(executed) === key) {
    console.log(`${name}: unchanged`);
    return;
  }
  const seconds = await runNotebook({ notebook, executed, profile });
  await keepKey(executed, key);
  console.log(`${name}: ${duration(seconds)}`);
}

if (import.meta.main) await main(Deno.args).catch(fail);
