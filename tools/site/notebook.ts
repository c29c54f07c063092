import { basename } from "node:path";

/** Text as nbformat stores it: whole, or line by line. */
export type MultilineText = string | readonly string[];

/** Results by MIME type. JSON types hold objects, all others text. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** One output of a code cell (nbformat 4). */
export type Output =
  | { readonly output_type: "stream"; readonly name: string; readonly text: MultilineText }
  | {
    readonly output_type: "display_data" | "execute_result";
    readonly data: MimeBundle;
    readonly metadata?: Readonly<Record<string, unknown>>;
    readonly execution_count?: number | null;
  }
  | {
    readonly output_type: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };

/** One cell (nbformat 4). */
export interface Cell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly source: MultilineText;
  readonly metadata?: {
    readonly jupyter?: { readonly source_hidden?: boolean; readonly outputs_hidden?: boolean };
  };
  readonly attachments?: Readonly<Record<string, MimeBundle>>;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

/** What the notebook runner writes into `metadata.polytask`. */
export interface RunFacts {
  readonly profile?: string;
  readonly backend?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly seed?: number | string;
  /** Wall-clock time of the whole chapter. */
  readonly seconds?: number;
  /** Wall-clock time by cell: one entry a cell, or one a code cell. */
  readonly cellSeconds?: readonly (number | null)[];
  /** ISO 8601. */
  readonly executedAt?: string;
}

/** An executed notebook and what its first cell says about it. */
export interface Chapter {
  /** Path of the executed notebook. */
  readonly path: string;
  /** File name without its extension: `"02_hard_sharing"`. */
  readonly name: string;
  /** File name of its page: `"02_hard_sharing.html"`. */
  readonly page: string;
  /** The digits the file name or the title starts with, or none. */
  readonly number: string | undefined;
  /** Title without the number. */
  readonly title: string;
  /** The paragraph under the title, as markdown. */
  readonly subtitle: string | undefined;
  /** Text after "**What you will learn.**", as markdown. */
  readonly goals: string | undefined;
  /** Text after "**What you need.**", as markdown. */
  readonly needs: string | undefined;
  /** All cells; title and subtitle are taken out of the first. */
  readonly cells: readonly Cell[];
  readonly run: RunFacts;
  /** Whether something that it depends on has changed since it ran. Default `false`. */
  readonly outdated?: boolean;
}

/** Joins text that nbformat may store line by line. */
export function joined(text: MultilineText): string {
  return typeof text === "string" ? text : text.join("");
}

/** Reads an executed notebook. Throws with the path if it is none. */
export async function readChapter(path: string): Promise<Chapter> {
  let notebook: { nbformat?: number; cells?: Cell[]; metadata?: { polytask?: RunFacts } };
  try {
    notebook = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new Error(`${path} cannot be read as a notebook: ${(error as Error).message}`);
  }
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new Error(`${path} is not a notebook of format 4: run the chapter again.`);
  }
  const name = basename(path).replace(/\.ipynb$/, "");
  const [first, ...rest] = notebook.cells;
  const opening = first?.cell_type === "markdown" ? readOpening(joined(first.source)) : undefined;
  return {
    path,
    name,
    page: `${name}.html`,
    number: name.match(/^\d+/)?.[0] ?? opening?.number,
    title: opening?.title ?? name.replace(/^\d+_?/, "").replaceAll("_", " "),
    subtitle: opening?.subtitle,
    goals: opening?.goals,
    needs: opening?.needs,
    cells: opening && first ? [{ ...first, source: opening.rest }, ...rest] : notebook.cells,
    run: notebook.metadata?.polytask ?? {},
  };
}

const GOALS = "What you will learn.";
const NEEDS = "What you need.";

interface Opening {
  number: string | undefined;
  title: string | undefined;
  subtitle: string | undefined;
  goals: string | undefined;
  needs: string | undefined;
  rest: string;
}

/** Takes the first markdown cell of a chapter apart. */
function readOpening(source: string): Opening {
  const blocks = source.trim().split(/\n(?:[ \t]*\n)+|\n(?=\*\*What you )/);
  let number: string | undefined;
  let title: string | undefined;
  let subtitle: string | undefined;
  if (/^# /.test(blocks[0])) {
    const [heading, ...more] = blocks.shift()!.split("\n");
    if (more.length > 0) blocks.unshift(more.join("\n"));
    const parts = heading.slice(2).trim().match(
      /^(?:(?:chapter\s+)?(\d\d)\s*[.:·|–—-]?\s+)?(.*)$/is,
    )!;
    number = parts[1];
    title = parts[2];
    const next = blocks[0];
    if (next !== undefined && next.length <= 240 && !/^(\*\*|[#>|`$<!+-]|\d+\.|\* )/.test(next)) {
      subtitle = blocks.shift()!.replace(/^([*_])(?![*_])([\s\S]*)\1$/, "$2");
    }
  }
  const labelled = (label: string) => {
    const block = blocks.find((text) => text.startsWith(`**${label}**`));
    return block?.slice(label.length + 4).trim();
  };
  return {
    number,
    title,
    subtitle,
    goals: labelled(GOALS),
    needs: labelled(NEEDS),
    rest: blocks.join("\n\n"),
  };
}
