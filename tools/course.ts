/**
 * `deno task course [NN ...] [--profile full] [--force]`: sets everything up, runs the chapters on
 * the Deno kernel and exports them to `site/`. Chapters are not run again unless their text, the
 * library, the data at hand, the profile or the backend has changed. A chapter that fails does not
 * keep the others from being run and exported; the exit code is then 1.
 *
 * @module
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { chapterFiles, selectChapters } from "./chapters.ts";
import { paths } from "./paths.ts";
import { duration, fail, StatusLine, UserError } from "./report.ts";
import { executedPath, executedState, runChapters } from "./run_notebooks/chapters.ts";
import { chosenBackend, dataAtHand } from "./run_notebooks/circumstances.ts";
import { sharedFingerprint } from "./run_notebooks/fingerprint.ts";
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
  const status = new StatusLine();
  status.start("Looking at what has changed");
  const shared = await sharedFingerprint({
    profile,
    backend: await chosenBackend(),
    threads: Deno.env.get("POLYTASK_THREADS") ?? "",
    data: await dataAtHand(),
  });
  status.stop();
  const executed = paths.executed;
  const { passed, failed } = await runChapters(selected, { executed, profile, shared, force });
  status.start("Writing the pages");
  try {
    const index = await writeSite(all, shared);
    status.stop();
    const seconds = (performance.now() - begin) / 1000;
    console.log(closingWords({ passed, failed, index, seconds }));
  } finally {
    status.stop();
  }
  if (failed.length > 0) Deno.exit(1);
}

/** What is said at the end: how many chapters passed and failed, which, and where the pages are. */
export function closingWords({ passed, failed, index, seconds }: {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly index: string;
  readonly seconds: number;
}): string {
  const names = failed.map((notebook) => basename(notebook, ".ipynb")).join(", ");
  return [
    `${passed.length} chapters passed, ${failed.length} failed`,
    "",
    failed.length > 0
      ? `To put right: ${names}, see above (${duration(seconds)}). The other chapters:`
      : `The course is ready (${duration(seconds)}). Open it in a browser:`,
    `  ${index}`,
    "To work through it yourself: deno task lab, or open notebooks/ in VS Code.",
  ].join("\n");
}

/** Writes the pages of all chapters that ever ran, and the index; gives the path of the index. */
async function writeSite(notebooks: readonly string[], shared: string): Promise<string> {
  const executed: string[] = [];
  const outdated: string[] = [];
  const notRun: string[] = [];
  for (const notebook of notebooks) {
    const copy = executedPath(notebook, paths.executed);
    const state = await executedState(notebook, { executed: paths.executed, shared });
    if (state === "none") notRun.push(notebook);
    else executed.push(copy);
    if (state === "outdated") outdated.push(copy);
  }
  const documents = ["model_architectures", "your_own_data", "backends"].map((name) =>
    `${paths.root}/docs/${name}.md`
  );
  const { exportSite }: typeof import("./site/mod.ts") = await import(EXPORTER);
  const { index } = await exportSite({ executed, outdated, notRun, documents, out: paths.site });
  return index;
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

if (import.meta.main) await main(Deno.args).catch(fail);
