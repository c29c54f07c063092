/**
 * Chapters as text: what a notebook in git looks like, and the plain script form in which a chapter
 * is comfortable to write.
 *
 * A script is TypeScript with a line `// %%` before each cell:
 *
 * ```ts ignore
 * // polytask: { "title": "One task or many", "seed": 7 }
 *
 * // %% [markdown] id=title
 * /*
 * # One task or many
 *
 * Text with formulas, such as $\sum_k w_k L_k$.
 * *\/
 *
 * // %% id=load tags=setup
 * import { data } from "polytask";
 * ```
 *
 * The first comment is optional and holds `metadata.polytask` as JSON (over several `//` lines if
 * it is long). `id` and `tags` are optional: a cell without an id keeps the id it has in the
 * notebook that is overwritten, or gets one made from its text.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** One cell as a notebook file stores it. */
export interface NotebookCell {
  cell_type: "markdown" | "code" | "raw";
  id: string;
  metadata: Record<string, unknown>;
  source: string | string[];
  attachments?: Record<string, unknown>;
  execution_count?: number | null;
  outputs?: unknown[];
}

/** A notebook file (nbformat 4.5). */
export interface Notebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** The kernelspec that every chapter names. */
export const KERNELSPEC = {
  display_name: "Deno (polytask)",
  language: "typescript",
  name: "polytask-deno",
} as const;

const LANGUAGE_INFO = {
  codemirror_mode: "typescript",
  file_extension: ".ts",
  mimetype: "text/x.typescript",
  name: "typescript",
  nbconvert_exporter: "script",
  pygments_lexer: "typescript",
} as const;

/** Cell metadata that says something about the text; everything else is left by an editor. */
const KEPT_CELL_METADATA = ["jupyter", "polytask", "tags"];

const CELL_ID = /^[a-zA-Z0-9-_]{1,64}$/;

/** The text of a cell as one string. */
export function cellText(cell: NotebookCell): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/** The text of a cell as the lines that a notebook file stores. */
function sourceLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/**
 * Reads the text of a notebook file.
 *
 * @throws {Error} When the text is no notebook of format 4; the sentence names `path`.
 */
export function parseNotebook(text: string, path: string): Notebook {
  let notebook: Partial<Notebook>;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not a notebook: ${(error as Error).message}`);
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new Error(`${path} is not a notebook of format 4: it has no list of cells`);
  }
  return notebook as Notebook;
}

/** The notebook without outputs, counters and editor traces, as it belongs into git. */
export function stripNotebook(notebook: Notebook): Notebook {
  const own = notebook.metadata.polytask;
  return {
    cells: notebook.cells.map((cell) => {
      const metadata = Object.fromEntries(
        KEPT_CELL_METADATA.filter((key) => key in cell.metadata).map((key) => [
          key,
          cell.metadata[key],
        ]),
      );
      const source = sourceLines(cellText(cell).replace(/\s+$/, ""));
      return {
        ...(cell.attachments && { attachments: cell.attachments }),
        cell_type: cell.cell_type,
        ...(cell.cell_type === "code" && { execution_count: null }),
        id: cell.id,
        metadata,
        ...(cell.cell_type === "code" && { outputs: [] }),
        source,
      };
    }),
    metadata: {
      kernelspec: KERNELSPEC,
      language_info: LANGUAGE_INFO,
      ...(own !== undefined && { polytask: own }),
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The text of a notebook file, laid out as Jupyter lays it out. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** The script form of a notebook; {@link fromScript} reads it back. */
export function toScript(notebook: Notebook): string {
  const parts: string[] = [];
  if (notebook.metadata.polytask !== undefined) {
    const json = JSON.stringify(notebook.metadata.polytask, null, 2);
    parts.push(`polytask: ${json}`.split("\n").map((line) => `// ${line}`).join("\n") + "\n");
  }
  for (const cell of notebook.cells) {
    const tags = Array.isArray(cell.metadata.tags) ? cell.metadata.tags : [];
    const header = [
      "// %%",
      ...(cell.cell_type === "code" ? [] : [`[${cell.cell_type}]`]),
      `id=${cell.id}`,
      ...(tags.length > 0 ? [`tags=${tags.join(",")}`] : []),
    ].join(" ");
    const text = cellText(cell);
    parts.push(`${header}\n${cell.cell_type === "code" ? text : commented(text)}\n`);
  }
  return parts.join("\n");
}

/** Text inside a comment: a block, or one comment a line where the text holds an end of comment. */
function commented(text: string): string {
  if (!text.includes("*/")) return `/*\n${text}\n*/`;
  return text.split("\n").map((line) => line === "" ? "//" : `// ${line}`).join("\n");
}

function uncommented(body: string): string {
  const block = /^\/\*+[ \t]*\n?([\s\S]*?)\n?[ \t]*\*\/$/.exec(body);
  if (block) return block[1];
  return body.split("\n").map((line) => line.replace(/^\/\/ ?/, "")).join("\n");
}

/**
 * Makes a notebook from its script form.
 *
 * @param script The text.
 * @param path Where it comes from, for messages.
 * @param previous The notebook that is replaced: unnamed cells keep the ids they have there.
 * @throws {Error} When there is text before the first cell, or two cells have one id.
 */
export function fromScript(script: string, path: string, previous?: Notebook): Notebook {
  const headers = [...script.matchAll(/^\/\/ %%(.*)$/gm)];
  if (headers.length === 0) throw new Error(`${path} has no cell: start each with a line "// %%"`);
  const metadata = preamble(script.slice(0, headers[0].index), path);
  const cells = headers.map((header, position): NotebookCell => {
    const from = header.index + header[0].length;
    const body = script.slice(from, headers[position + 1]?.index).replace(/^\s*\n|\s+$/g, "");
    const words = header[1].trim().split(/\s+/).filter((word) => word !== "");
    const type = /^\[(markdown|raw|code)\]$/.exec(words[0] ?? "")?.[1] ?? "code";
    const attributes = new Map<string, string>();
    for (const word of words.slice(/^\[/.test(words[0] ?? "") ? 1 : 0)) {
      const pair = /^(id|tags)=(\S+)$/.exec(word);
      if (!pair) {
        throw new Error(
          `${path}: "${header[0]}" is not understood at "${word}"; ` +
            "a cell starts with // %% [markdown] id=NAME tags=A,B",
        );
      }
      attributes.set(pair[1], pair[2]);
    }
    const tags = attributes.get("tags")?.split(",");
    return {
      cell_type: type as NotebookCell["cell_type"],
      id: attributes.get("id") ?? "",
      metadata: tags ? { tags } : {},
      source: type === "code" ? body : uncommented(body),
    };
  });
  giveIds(cells, previous?.cells ?? []);
  const ids = new Set<string>();
  for (const { id } of cells) {
    if (!CELL_ID.test(id)) {
      throw new Error(`${path}: "${id}" is no cell id (letters, digits, "-" and "_", at most 64)`);
    }
    if (ids.has(id)) throw new Error(`${path}: two cells have the id "${id}"`);
    ids.add(id);
  }
  return stripNotebook({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

function preamble(text: string, path: string): Record<string, unknown> {
  const content = text.split("\n").map((line) => line.replace(/^\/\/ ?/, "")).join("\n").trim();
  if (content === "") return {};
  const json = /^polytask:([\s\S]*)$/.exec(content)?.[1];
  try {
    if (json !== undefined) return { polytask: JSON.parse(json) };
  } catch { /* said below */ }
  throw new Error(
    `${path}: before the first "// %%" only a comment "// polytask: { JSON }" may stand`,
  );
}

/** Gives every cell without an id the one of its predecessor in `previous`, or a new one. */
function giveIds(cells: NotebookCell[], previous: NotebookCell[]): void {
  const taken = new Set(cells.map((cell) => cell.id).filter((id) => id !== ""));
  const partners = align(cells, previous);
  cells.forEach((cell, position) => {
    if (cell.id !== "") return;
    const old = partners[position];
    if (old !== undefined && !taken.has(previous[old].id)) cell.id = previous[old].id;
    else cell.id = freshId(cell, taken);
    taken.add(cell.id);
  });
}

function freshId(cell: NotebookCell, taken: Set<string>): string {
  for (let attempt = 0;; attempt++) {
    const id = createHash("sha256").update(`${cell.cell_type}\n${cellText(cell)}\n${attempt}`)
      .digest("hex").slice(0, 8);
    if (!taken.has(id)) return id;
  }
}

/**
 * For each new cell the position of its partner among the old ones: same id, else same text (in
 * order, by the longest common subsequence), else an edited cell of the same kind between two
 * partners.
 */
function align(cells: NotebookCell[], previous: NotebookCell[]): (number | undefined)[] {
  const same = (a: NotebookCell, b: NotebookCell) =>
    a.id !== "" ? a.id === b.id : a.cell_type === b.cell_type && cellText(a) === cellText(b);
  const [rows, columns] = [cells.length, previous.length];
  const length = Array.from({ length: rows + 1 }, () => new Int32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      length[i][j] = same(cells[i], previous[j])
        ? length[i + 1][j + 1] + 1
        : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const partners: (number | undefined)[] = new Array(rows).fill(undefined);
  let [i, j, newFrom, oldFrom] = [0, 0, 0, 0];
  const pairEdited = (newTo: number, oldTo: number) => {
    let old = oldFrom;
    for (let fresh = newFrom; fresh < newTo; fresh++) {
      let candidate = old;
      while (candidate < oldTo && previous[candidate].cell_type !== cells[fresh].cell_type) {
        candidate++;
      }
      if (candidate < oldTo) [partners[fresh], old] = [candidate, candidate + 1];
    }
  };
  while (i < rows && j < columns) {
    if (same(cells[i], previous[j])) {
      pairEdited(i, j);
      partners[i] = j;
      [newFrom, oldFrom] = [++i, ++j];
    } else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  pairEdited(rows, columns);
  return partners;
}

/** What is wrong with a notebook in git, one sentence each; empty when nothing is. */
export function notebookProblems(text: string, path: string): string[] {
  const notebook = parseNotebook(text, path);
  const problems: string[] = [];
  const kernel = (notebook.metadata.kernelspec as { name?: string } | undefined)?.name;
  if (kernel !== KERNELSPEC.name) {
    problems.push(`names the kernel "${kernel}" instead of "${KERNELSPEC.name}"`);
  }
  const ids = new Set<string>();
  notebook.cells.forEach((cell, position) => {
    const where = `cell ${position + 1}${cell.id ? ` (${cell.id})` : ""}`;
    if (!CELL_ID.test(cell.id ?? "")) problems.push(`${where} has no valid id`);
    else if (ids.has(cell.id)) problems.push(`${where} has the id of an earlier cell`);
    ids.add(cell.id);
    if (cellText(cell).trim() === "") problems.push(`${where} is empty`);
    if ((cell.outputs ?? []).length > 0) problems.push(`${where} holds outputs`);
    if ((cell.execution_count ?? null) !== null) {
      problems.push(`${where} holds an execution count`);
    }
  });
  if (problems.length === 0 && notebookText(stripNotebook(notebook)) !== text) {
    problems.push("holds editor settings, or is laid out in another way than Jupyter does it");
  }
  return problems;
}

/** Where a line of the code extracted from a notebook comes from. */
export interface CellLine {
  /** Position among all cells, from 1. */
  readonly cell: number;
  readonly id: string;
  /** Line within the cell, from 1. */
  readonly line: number;
}

/**
 * Ends a cell, so that the next never continues its last statement. (A bare `;` would do, but Deno's
 * lint plugins see nothing behind an empty statement.)
 */
const SEPARATOR = "void 0;";

/** All code cells as one module, and where each of its lines comes from. */
export function extractCode(notebook: Notebook): { code: string; lines: CellLine[] } {
  const code: string[] = [];
  const lines: CellLine[] = [];
  notebook.cells.forEach((cell, position) => {
    if (cell.cell_type !== "code") return;
    const text = cellText(cell).split("\n");
    [...text, SEPARATOR].forEach((line, index) => {
      code.push(line);
      lines.push({ cell: position + 1, id: cell.id, line: Math.min(index + 1, text.length) });
    });
  });
  return { code: code.join("\n") + "\nexport {};\n", lines };
}
