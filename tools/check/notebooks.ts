/**
 * Checks of the chapters that Deno's own tools do not make: the cells of each chapter become one
 * module under `.polytask/check/`, and what is wrong there is told by chapter, cell and line.
 */
import { basename } from "node:path";
import { chapterFiles } from "../chapters.ts";
import { writeAtomically } from "../files.ts";
import { formatNotebook } from "../notebook_format.ts";
import {
  type CellLine,
  cellText,
  extractCode,
  type Notebook,
  notebookProblems,
  parseNotebook,
} from "../notebook_source.ts";
import { paths } from "../paths.ts";
import { runDeno } from "../run_deno.ts";

/** Unused names are the rule in a notebook: a later cell, or the reader, will use them. */
const UNUSED = /^TS(?:6133|6192|6196|6198) /;

const SUMMARY = /^(?:Found \d+ errors?\.|error: Type checking failed\.)/;

interface Extracted {
  readonly notebook: string;
  readonly module: string;
  readonly lines: readonly CellLine[];
}

/** One sentence for each thing that is wrong with the chapters; empty when nothing is. */
export async function checkNotebooks(files?: readonly string[]): Promise<string[]> {
  const notebooks = files ?? await chapterFiles();
  if (notebooks.length === 0) return [];
  const problems: string[] = [];
  const extracted: Extracted[] = [];
  const folder = `${paths.extracted}/${Deno.pid}`;
  try {
    for (const file of notebooks) {
      const name = basename(file);
      const text = await Deno.readTextFile(file);
      const notebook = parseNotebook(text, name);
      problems.push(...notebookProblems(text, name).map((problem) => `${name}: ${problem}`));
      problems.push(...await unformatted(notebook, name));
      extracted.push(await extract(notebook, name, folder));
    }
    problems.push(...await lint(extracted), ...await types(extracted));
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
  return problems;
}

/** The cells that are laid out in another way than `deno fmt` does it. */
async function unformatted(notebook: Notebook, name: string): Promise<string[]> {
  const formatted = await formatNotebook(notebook, name);
  const cells = notebook.cells.flatMap((cell, index) =>
    cellText(cell).trimEnd() === cellText(formatted.cells[index])
      ? []
      : [`${index + 1} (${cell.id})`]
  );
  if (cells.length === 0) return [];
  return [`${name}: not formatted: cell ${cells.join(", ")}; run deno task notebooks strip`];
}

async function extract(notebook: Notebook, name: string, folder: string): Promise<Extracted> {
  const { code, lines } = extractCode(notebook);
  const module = `${folder}/${basename(name, ".ipynb")}.ts`;
  // The kernel resolves relative names from the folder of the chapter.
  const resolved = code.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.\.?\/)/g,
    (_, before, quote, dots) => `${before}${quote}../../../notebooks/${dots === "./" ? "" : dots}`,
  );
  await writeAtomically(module, resolved);
  return { notebook: name, module, lines };
}

/** `02_x.ipynb, cell 4 (fit), line 3` for a line of an extracted module. */
function place(chapter: Extracted, line: number): string {
  const from = chapter.lines[Math.min(line, chapter.lines.length) - 1];
  return `${chapter.notebook}, cell ${from.cell} (${from.id}), line ${from.line}`;
}

async function types(chapters: readonly Extracted[]): Promise<string[]> {
  const { success, output } = await runDeno([
    "check",
    "--quiet",
    ...chapters.map(({ module }) => module),
  ]);
  if (success) return [];
  const located = output.replace(
    /file:\/\/\/\S*\/\.polytask\/check\/\d+\/([^/\s]+\.ts):(\d+):(\d+)/g,
    (_, file, line) =>
      place(chapters.find(({ module }) => basename(module) === file)!, Number(line)),
  );
  return located.split(/\n\s*\n/).filter((message) =>
    message.trim() !== "" && !UNUSED.test(message) && !SUMMARY.test(message) &&
    // What is wrong in the modules behind the chapters is told by the check of types.
    (message.includes(".ipynb, cell ") || !/^ {4}at file:/m.test(message))
  );
}

/** A cell may await nothing, hold an empty statement, and leave its results to the reader. */
const ALLOWED_IN_CELLS = new Set([
  "no-extra-semi",
  "no-import-prefix",
  "no-unused-vars",
  "require-await",
  "verbatim-module-syntax",
]);

interface LintReport {
  diagnostics: {
    filename: string;
    range: { start: { line: number } };
    message: string;
    code: string;
    hint?: string;
  }[];
  errors: { file_path: string; message: string }[];
}

async function lint(chapters: readonly Extracted[]): Promise<string[]> {
  const { stdout } = await runDeno([
    "lint",
    "--json",
    ...chapters.map(({ module }) => module),
  ]);
  const report: LintReport = JSON.parse(stdout);
  const of = (file: string) => chapters.find(({ module }) => basename(module) === basename(file))!;
  return [
    ...report.diagnostics.filter(({ code }) => !ALLOWED_IN_CELLS.has(code)).map((
      { filename, range, message, code, hint },
    ) =>
      `${place(of(filename), range.start.line)}: ${message} (${code})${hint ? `; ${hint}` : ""}`
    ),
    // Code that cannot be parsed is reported with its place by the type check.
    ...report.errors.map(({ file_path, message }) =>
      `${of(file_path).notebook}: ${message.split("\n")[0]}`
    ),
  ];
}
