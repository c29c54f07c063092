/** What an executed chapter depends on, as one checksum. */
import { createHash } from "node:crypto";
import { exists, filesUnder } from "../files.ts";
import { parseNotebook } from "../notebook_source.ts";
import { paths } from "../paths.ts";

/** Everything but the chapter that changes what a chapter shows. */
const SHARED = ["lib", "data", "bench/results", "tools/run_notebooks"];
/** What the cache holds is in the settings; how long chapters took is shown by none. */
const OTHERWISE = ["cache", "course.json"];
const SHARED_FILES = ["deno.json", "deno.lock"];

/** What a run is asked for besides the chapter. */
export interface RunSettings {
  readonly profile: string;
  /** The backend that `useBackend` chooses here; see `chosenBackend`. */
  readonly backend: string;
  /** `POLYTASK_THREADS`, or empty for one. */
  readonly threads: string;
  /** The data that chapters find here; see `dataAtHand`. */
  readonly data: readonly string[];
}

/**
 * The checksum of everything that all chapters depend on: the library with its binaries, the
 * exercises, the data catalogue, the results of benchmarks, the locked packages, the runner and the settings.
 */
export async function sharedFingerprint(settings: RunSettings): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([settings, Deno.version.deno]));
  const files: string[] = [];
  for (const folder of SHARED) {
    if (!await exists(`${paths.root}/${folder}`)) continue;
    files.push(...await filesUnder(`${paths.root}/${folder}`, (name) => OTHERWISE.includes(name)));
  }
  // Modules beside the chapters: helpers and exercises.
  files.push(...(await filesUnder(paths.notebooks)).filter((file) => file.endsWith(".ts")));
  files.push(...SHARED_FILES.map((name) => `${paths.root}/${name}`));
  for (const file of files) {
    hash.update(`\0${file.slice(paths.root.length)}\0`);
    hash.update(await Deno.readFile(file));
  }
  return hash.digest("hex");
}

/** The checksum of one chapter: its cells and the shared part. Ids and outputs do not count. */
export function chapterFingerprint(text: string, path: string, shared: string): string {
  const { cells, metadata } = parseNotebook(text, path);
  const content = cells.map((cell) => [
    cell.cell_type,
    typeof cell.source === "string" ? cell.source : cell.source.join(""),
    cell.metadata,
    cell.attachments,
  ]);
  return createHash("sha256")
    .update(JSON.stringify([shared, content, metadata.polytask]))
    .digest("hex");
}
