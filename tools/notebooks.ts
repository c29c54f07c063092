/**
 * Notebooks as text: `deno task notebooks COMMAND`.
 *
 * - `strip FILE.ipynb...` removes outputs, counters and editor traces, as git wants it (all
 *   chapters if no file is named).
 * - `to-script FILE.ipynb [FILE.ts]` writes the script form: `// %%` before each cell.
 * - `from-script FILE.ts [FILE.ipynb]` makes or replaces the notebook, formats its cells and keeps
 *   the ids of cells that were there before.
 *
 * Without a second file name the script goes to `.polytask/scripts/` and the notebook to
 * `notebooks/`, both under the chapter's name. `notebook_source.ts` describes the script form.
 *
 * @module
 */
import { basename } from "node:path";
import { exists, writeAtomically } from "./files.ts";
import {
  fromScript,
  notebookText,
  parseNotebook,
  stripNotebook,
  toScript,
} from "./notebook_source.ts";
import { chapterFiles } from "./chapters.ts";
import { paths } from "./paths.ts";
import { setUp } from "./setup/mod.ts";
import { fail, UserError } from "./report.ts";

/** Rewrites each file without outputs; says which ones changed. */
export async function strip(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const text = await Deno.readTextFile(file);
    const stripped = notebookText(stripNotebook(parseNotebook(text, file)));
    if (stripped === text) continue;
    await writeAtomically(file, stripped);
    console.log(`stripped ${file}`);
  }
}

async function writeScript(notebook: string, target: string): Promise<void> {
  const text = await Deno.readTextFile(notebook);
  await writeAtomically(target, toScript(stripNotebook(parseNotebook(text, notebook))));
  console.log(`${notebook} -> ${target}`);
}

async function writeNotebook(script: string, target: string): Promise<void> {
  const previous = await exists(target)
    ? parseNotebook(await Deno.readTextFile(target), target)
    : undefined;
  const notebook = fromScript(await Deno.readTextFile(script), script, previous);
  await writeAtomically(target, notebookText(await formatted(notebookText(notebook), script)));
  console.log(`${script} -> ${target}`);
}

/** The notebook with its cells formatted by `deno fmt`. */
async function formatted(text: string, script: string) {
  const child = new Deno.Command(paths.deno, {
    args: ["fmt", "--quiet", "--config", paths.configuration, "--ext", "ipynb", "-"],
    env: { RUST_BACKTRACE: "0", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) {
    const message = new TextDecoder().decode(stderr).trim();
    throw new UserError(`${script} cannot be formatted: ${message}`);
  }
  return stripNotebook(parseNotebook(new TextDecoder().decode(stdout), script));
}

async function main(args: readonly string[]): Promise<void> {
  await setUp();
  const [command, source, target] = args;
  if (command === "strip") {
    await strip(args.length > 1 ? args.slice(1) : await chapterFiles());
  } else if (command === "to-script" && source) {
    const name = basename(source, ".ipynb");
    await writeScript(source, target ?? `${paths.scripts}/${name}.ts`);
  } else if (command === "from-script" && source) {
    const name = basename(source, ".ts");
    await writeNotebook(source, target ?? `${paths.notebooks}/${name}.ipynb`);
  } else {
    throw new UserError(
      "Say what to do: strip [FILE.ipynb ...], to-script FILE.ipynb [FILE.ts] or " +
        "from-script FILE.ts [FILE.ipynb]",
    );
  }
}

if (import.meta.main) await main(Deno.args).catch(fail);
