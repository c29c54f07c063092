/**
 * Notebooks as text: `deno task notebooks COMMAND`.
 *
 * - `strip [FILE.ipynb ...]` removes outputs, counters and editor traces and formats the cells, as
 *   git wants it (all chapters if no file is named).
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
import { chapterFiles } from "./chapters.ts";
import { exists, writeAtomically } from "./files.ts";
import { formatNotebook } from "./notebook_format.ts";
import {
  fromScript,
  notebookText,
  parseNotebook,
  stripNotebook,
  toScript,
} from "./notebook_source.ts";
import { paths } from "./paths.ts";
import { fail, UserError } from "./report.ts";
import { setUp } from "./setup/mod.ts";

async function strip(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const text = await Deno.readTextFile(file);
    const stripped = notebookText(await formatNotebook(parseNotebook(text, file), file));
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
  await writeAtomically(target, notebookText(await formatNotebook(notebook, script)));
  console.log(`${script} -> ${target}`);
}

async function main(args: readonly string[]): Promise<void> {
  const [command, source, target] = args;
  await setUp();
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
