/**
 * How long every chapter of the course takes: `deno task bench course`. Runs all of them, one after
 * the other, in the quick profile, on `wasm` unless `POLYTASK_BACKEND` says otherwise, beside the
 * copies that the site is made of. Writes `bench/results/course.json`; the load of the machine at
 * the beginning and at the end stands there, since times on a busy machine are too long.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { loadavg } from "node:os";
import { chapterFiles } from "../../tools/chapters.ts";
import { paths } from "../../tools/paths.ts";
import { duration, UserError } from "../../tools/report.ts";
import { chapterTimes, executedPath, runChapters } from "../../tools/run_notebooks/chapters.ts";
import { setUp } from "../../tools/setup/mod.ts";
import { circumstances, publishRecord } from "../_record.ts";

/** What `bench/results/course.json` holds. */
export interface CourseRecord {
  /** ISO 8601, the day. */
  readonly date: string;
  readonly machine: { readonly processor: string; readonly cores: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly profile: "quick";
  readonly backend: string;
  /** Processes that wanted to run, on average over a minute, without and with the last chapter. */
  readonly load: { readonly before: number; readonly after: number };
  /** Wall-clock seconds by chapter, the start of its kernel included. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Runs the whole course and keeps the times. */
export async function run(): Promise<void> {
  await setUp();
  if (!Deno.env.get("POLYTASK_BACKEND")) Deno.env.set("POLYTASK_BACKEND", "wasm");
  const executed = `${paths.made}/bench/course`;
  const notebooks = await chapterFiles();
  const before = load();
  const { failed } = await runChapters(notebooks, {
    executed,
    profile: "quick",
    shared: "bench course",
    force: true,
  });
  if (failed.length > 0) throw new UserError("A chapter failed, so that nothing was recorded.");
  const times = await chapterTimes(executed);
  const seconds = Object.fromEntries(notebooks.map((notebook) => {
    const name = basename(notebook, ".ipynb");
    return [name, times[name].seconds];
  }));
  const { metadata } = JSON.parse(await readFile(executedPath(notebooks[0], executed), "utf8"));
  const record: CourseRecord = {
    ...await circumstances(),
    profile: "quick",
    backend: metadata.polytask.backend,
    load: { before, after: load() },
    seconds,
  };
  await publishRecord("course.json", record);
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  console.log(`All chapters together: ${duration(total)}.`);
}

function load(): number {
  return Math.round(loadavg()[0] * 100) / 100;
}
