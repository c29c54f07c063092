/**
 * Runs notebooks on the Deno kernel, by real Jupyter execution, and keeps the executed copies.
 *
 * @module
 */
import { basename } from "node:path";
import { exists, writeAtomically } from "../files.ts";
import { cellText, KERNELSPEC, parseNotebook } from "../notebook_source.ts";
import { jupyterEnvironment, paths } from "../paths.ts";
import { duration, StatusLine, UserError } from "../report.ts";
import { errorLine } from "./error_location.ts";

/** How to run a notebook. */
export interface RunOptions {
  /** The notebook. */
  readonly notebook: string;
  /** Where the executed copy goes. */
  readonly executed: string;
  readonly profile: "quick" | "full";
  /** The folder in which the kernel starts; `notebooks/` by default. */
  readonly folder?: string;
  /** A cell that takes longer than this fails; half an hour by default, a day in full profile. */
  readonly cellSeconds?: number;
  /** Shows progress; on by default. */
  readonly quiet?: boolean;
}

/** What execute.py is told. */
interface Job {
  notebook: string;
  executed: string;
  folder: string;
  kernel: string;
  kernelLog: string;
  cellSeconds: number;
  facts: Record<string, unknown>;
  before: string;
  after: string;
}

/** What execute.py tells. */
type Event =
  | { event: "cell"; cell: number }
  | { event: "done"; cell: number; seconds: number }
  | { event: "finished"; probe: Record<string, unknown> }
  | {
    event: "failed";
    cell: number;
    kind: "error" | "timeout" | "dead" | "start";
    name?: string;
    message?: string;
    traceback?: string[];
    seconds?: number;
    log?: string;
  };

/** A cell that failed; the message names chapter, cell, line and error. */
export class CellFailure extends UserError {
  constructor(
    message: string,
    /** File name of the notebook. */
    readonly chapter: string,
    /** Position of the cell, from 1. */
    readonly cell: number,
    /** Line within the cell, from 1, where it can be told. */
    readonly line: number | undefined,
  ) {
    super(message);
  }
}

/** Deep library calls must not push the failing cell's own frame out of the stack. */
const BEFORE = "Error.stackTraceLimit = 100;";

/** Asks the library what it ran on, in a block so that no name is left behind. */
const AFTER = `{
  const polytask = await import("polytask").catch(() => ({}));
  const report = polytask.backendReport?.();
  console.log(JSON.stringify({
    backend: report?.backend,
    versions: { polytask: polytask.version, deno: Deno.version.deno, ...report?.versions },
  }));
}`;

/**
 * Runs all cells of a notebook and writes the executed copy.
 *
 * @returns Seconds that it took.
 * @throws {CellFailure} When a cell fails, takes too long, or the kernel dies.
 */
export async function runNotebook(options: RunOptions): Promise<number> {
  const name = basename(options.notebook);
  const { cells } = parseNotebook(await Deno.readTextFile(options.notebook), name);
  const count = cells.filter((cell) => cell.cell_type === "code").length;
  const job: Job = {
    notebook: options.notebook,
    executed: options.executed,
    folder: options.folder ?? paths.notebooks,
    kernel: KERNELSPEC.name,
    kernelLog: `${options.executed}.kernel.log`,
    cellSeconds: options.cellSeconds ?? (options.profile === "full" ? 86_400 : 1800),
    facts: { profile: options.profile },
    before: BEFORE,
    after: AFTER,
  };
  const jobFile = `${options.executed}.job.json`;
  await writeAtomically(jobFile, JSON.stringify(job));
  const status = new StatusLine();
  const begin = performance.now();
  const child = new Deno.Command(paths.python, {
    args: ["-I", "-B", `${paths.root}/tools/run_notebooks/execute.py`, jobFile],
    cwd: paths.root,
    env: { ...jupyterEnvironment(), POLYTASK_PROFILE: options.profile },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = new Response(child.stderr).text();
  let failed: Extract<Event, { event: "failed" }> | undefined;
  let finished = false;
  let started = 0;
  try {
    for await (const event of events(child.stdout)) {
      if (event.event === "cell") {
        const cell = cells[event.cell - 1];
        const first = cellText(cell).split("\n").find((line) => /\w/.test(line))?.trim() ?? "";
        const text = `${name.slice(0, 2)} cell ${++started} of ${count}: ${first.slice(0, 60)}`;
        if (!options.quiet) status.start(text);
      } else if (event.event === "failed") failed = event;
      else if (event.event === "finished") finished = true;
      if (event.event !== "cell") status.stop();
    }
  } finally {
    status.stop();
    await child.status;
    await Deno.remove(jobFile).catch(() => {});
    await Deno.remove(job.kernelLog).catch(() => {});
  }
  if (failed) throw await describe(failed, name, cells);
  if (!finished) {
    throw new UserError(`${name} could not be run: ${(await complaints).trim().slice(-2000)}`);
  }
  return (performance.now() - begin) / 1000;
}

/** The objects that come in, one a line. */
async function* events(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Event> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

async function describe(
  failed: Extract<Event, { event: "failed" }>,
  name: string,
  cells: ReturnType<typeof parseNotebook>["cells"],
): Promise<CellFailure> {
  const cell = cells[failed.cell - 1];
  const where = `${name}, cell ${failed.cell}${cell ? ` (${cell.id})` : ""}`;
  const log = failed.log ? `\n${failed.log}` : "";
  const failure = (text: string, line?: number) => new CellFailure(text, name, failed.cell, line);
  switch (failed.kind) {
    case "timeout":
      return failure(`${where}: took longer than ${duration(failed.seconds!)}`);
    case "dead":
      return failure(`${where}: the kernel died, perhaps for want of memory${log}`);
    case "start":
      return failure(`${name}: the kernel cannot be started: ${failed.message}${log}`);
    case "error": {
      const code = cellText(cell);
      const line = await errorLine(code, failed.name!, failed.traceback!);
      const syntax = failed.name!.startsWith("SyntaxError:");
      const message = syntax ? failed.name!.split("\n")[0] : `${failed.name}: ${failed.message}`;
      const text = line === undefined ? undefined : code.split("\n")[line - 1]?.trim();
      return failure(
        `${where}${line === undefined ? "" : `, line ${line}`}: ${message}` +
          (text ? `\n    ${text}` : "") +
          (failed.traceback!.length > 0 ? `\n${failed.traceback!.slice(1).join("\n")}` : ""),
        line,
      );
    }
  }
}

/** The key of the executed copy, or undefined when there is none. */
export async function executedKey(executed: string): Promise<string | undefined> {
  if (!await exists(executed)) return undefined;
  try {
    return (await Deno.readTextFile(`${executed}.key`)).trim();
  } catch {
    return undefined;
  }
}

/** Forgets what the executed copy was made from, so that the notebook is run again. */
export async function forgetKey(executed: string): Promise<void> {
  await Deno.remove(`${executed}.key`).catch(() => {});
}

/** Notes what the executed copy was made from. */
export async function keepKey(executed: string, key: string): Promise<void> {
  await writeAtomically(`${executed}.key`, `${key}\n`);
}
