/** Runs the chapters of the course that have changed, one after the other. */
import { basename } from "node:path";
import { exists, writeAtomically } from "../files.ts";
import { duration, UserError } from "../report.ts";
import { chapterFingerprint } from "./fingerprint.ts";
import { executedKey, forgetKey, keepKey, runNotebook } from "./mod.ts";

/** How to run chapters. */
export interface ChapterOptions {
  /** Folder of the executed copies. */
  readonly executed: string;
  readonly profile: "quick" | "full";
  /** What all chapters depend on; see `sharedFingerprint`. */
  readonly shared: string;
  /** Runs unchanged chapters too. */
  readonly force?: boolean;
  /** The folder in which kernels start; `notebooks/` by default. */
  readonly folder?: string;
  readonly quiet?: boolean;
}

/** Seconds that a chapter took when it last ran to its end, and under which circumstances. */
export interface ChapterTime {
  readonly seconds: number;
  readonly profile: string;
  /** ISO 8601. */
  readonly executedAt: string;
}

/** Name of the file with the {@linkcode ChapterTime} of each chapter, beside the executed copies. */
export const TIMES = "seconds.json";

/**
 * Runs what has changed. A chapter that fails is reported, by chapter, cell, line and message, and
 * ends there; the others are run.
 *
 * @returns The notebooks that passed and those that failed.
 * @throws {Error} When something else than a notebook is wrong.
 */
export async function runChapters(
  notebooks: readonly string[],
  options: ChapterOptions,
): Promise<{ passed: string[]; failed: string[] }> {
  const passed: string[] = [];
  const failed: string[] = [];
  for (const notebook of notebooks) {
    const copy = executedPath(notebook, options.executed);
    try {
      await runChapter(notebook, copy, options);
      passed.push(notebook);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push(notebook);
      // The copy of an earlier run is no longer what the chapter gives.
      await forgetKey(copy);
      console.error(error.message);
    }
  }
  return { passed, failed };
}

/** Where the executed copy of a notebook lies. */
export function executedPath(notebook: string, folder: string): string {
  return `${folder}/${basename(notebook)}`;
}

/** Whether a chapter's executed copy is what it would give now, was made from something else, or is not there. */
export async function executedState(
  notebook: string,
  { executed, shared }: Pick<ChapterOptions, "executed" | "shared">,
): Promise<"current" | "outdated" | "none"> {
  const copy = executedPath(notebook, executed);
  if (!await exists(copy)) return "none";
  return await executedKey(copy) === await keyOf(notebook, shared) ? "current" : "outdated";
}

async function keyOf(notebook: string, shared: string): Promise<string> {
  const name = basename(notebook, ".ipynb");
  return chapterFingerprint(await Deno.readTextFile(notebook), name, shared);
}

async function runChapter(
  notebook: string,
  copy: string,
  options: ChapterOptions,
): Promise<void> {
  const { profile, shared, force, folder, quiet, executed } = options;
  const name = basename(notebook, ".ipynb");
  const say = (text: string) => quiet || console.log(`${name}: ${text}`);
  if (!force && await executedState(notebook, options) === "current") {
    say("unchanged");
    return;
  }
  // Before it runs: a chapter that is edited meanwhile is run again.
  const key = await keyOf(notebook, shared);
  const seconds = await runNotebook({ notebook, executed: copy, profile, folder, quiet });
  await keepKey(copy, key);
  await keepTime(executed, name, {
    seconds: Math.round(seconds * 10) / 10,
    profile,
    executedAt: new Date().toISOString(),
  });
  say(duration(seconds));
}

/** The times of the chapters, by name; those of chapters that never ran are not there. */
export async function chapterTimes(executed: string): Promise<Record<string, ChapterTime>> {
  try {
    return JSON.parse(await Deno.readTextFile(`${executed}/${TIMES}`));
  } catch {
    return {};
  }
}

async function keepTime(executed: string, name: string, time: ChapterTime): Promise<void> {
  const times = { ...await chapterTimes(executed), [name]: time };
  const sorted = Object.fromEntries(Object.entries(times).sort(([a], [b]) => a < b ? -1 : 1));
  await writeAtomically(`${executed}/${TIMES}`, `${JSON.stringify(sorted, null, 2)}\n`);
}
