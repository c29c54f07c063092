/**
 * Lists, fetches and verifies the data files of the course: `deno task data list | fetch | verify |
 * where [set ...]`.
 *
 * @module
 */
import process from "node:process";
import { catalogDatasets, type CatalogFile, catalogFiles, filesOf } from "../lib/data/catalog.ts";
import { ChecksumError, DataError, DataFormatError } from "../lib/data/errors.ts";
import { type DataOptions, findLocally, obtain } from "../lib/data/fetch.ts";
import { cacheFolder, mirrorPlace } from "../lib/data/places.ts";

const USAGE = `Usage: deno task data COMMAND [SET ...]

  list           every data set: files, size, licence, and what is here
  fetch SET ...  gets the files of these sets (or of "all") into the cache
  verify         checks every file that is here against the catalogue
  where          says for every file where it lies

A set is the name in the first column of "list"; without one, verify and where go through all.`;

/** What became of a file. */
export type FileState =
  | { readonly state: "ok"; readonly from: "cache" | "mirror"; readonly place: string }
  | { readonly state: "missing" }
  | { readonly state: "wrong"; readonly problem: string };

/** Reads a file from the cache or the mirror and checks every byte. */
export async function stateOf(file: CatalogFile, options: DataOptions = {}): Promise<FileState> {
  try {
    const found = await findLocally(file, options);
    if (!found || found.from === "network") return { state: "missing" };
    return { state: "ok", from: found.from, place: found.place };
  } catch (error) {
    if (!(error instanceof ChecksumError || error instanceof DataFormatError)) throw error;
    return { state: "wrong", problem: error.message };
  }
}

/** Checks files and tells of each that is wrong; returns the closing line and the exit code. */
export async function verify(
  files: readonly CatalogFile[],
  options: DataOptions,
  tell: (line: string) => void,
): Promise<{ summary: string; code: number }> {
  const counts = { ok: 0, missing: 0, wrong: 0 };
  for (const file of files) {
    const state = await stateOf(file, options);
    counts[state.state]++;
    if (state.state === "wrong") tell(`wrong    ${file.key}: ${state.problem}`);
    if (state.state === "missing") tell(`missing  ${file.key}`);
  }
  const summary = `${counts.ok} files ok, ${counts.missing} missing, ${counts.wrong} wrong`;
  return { summary, code: counts.wrong > 0 ? 1 : 0 };
}

async function list(): Promise<void> {
  for (const [key, { title, licence, redistribution }] of Object.entries(catalogDatasets)) {
    const files = filesOf(key);
    const here = new Map<string, number>();
    for (const file of files) {
      const state = await stateOf(file);
      const word = state.state === "ok" ? state.from : state.state;
      here.set(word, (here.get(word) ?? 0) + 1);
    }
    const places = [...here].map(([word, count]) => `${count} ${word}`).join(", ");
    console.log(`${key.padEnd(26)} ${title}`);
    console.log(
      `${" ".repeat(26)} ${files.length} files, ${megabytes(files)} MB unpacked; ${places}`,
    );
    console.log(`${" ".repeat(26)} licence: ${licence}; may be passed on: ${redistribution}`);
  }
  tellPlaces();
}

async function where(files: readonly CatalogFile[]): Promise<void> {
  for (const file of files) {
    const state = await stateOf(file);
    console.log(
      `${file.key}: ${state.state === "ok" ? `${state.place} (${state.from})` : state.state}`,
    );
  }
  tellPlaces();
}

/** Downloads at a time: addresses are often slow, and seldom all of them. */
const SIDE_BY_SIDE = 4;

/**
 * Gets files, several at a time, and tells of each; returns the closing line and the exit code. Files
 * of one archive come one after another, so that it is loaded once for all.
 *
 * @param get Gets one file. Default: {@linkcode obtain}.
 */
export async function fetchAll(
  files: readonly CatalogFile[],
  tell: (line: string) => void,
  get: (key: string) => Promise<{ readonly from: string; readonly place: string }> = obtain,
): Promise<{ summary: string; code: number }> {
  const queues = Map.groupBy(files, archiveOf).values();
  let failed = 0;
  const work = async () => {
    // All workers share the iterator: each queue is taken by one of them.
    for (const queue of queues) {
      for (const { key } of queue) {
        try {
          const { from, place } = await get(key);
          tell(`ok       ${key} (${from}: ${place})`);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          failed++;
          tell(`failed   ${key}: ${error.message}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  const summary = `${files.length - failed} of ${files.length} files are here.`;
  return { summary, code: failed > 0 ? 1 : 0 };
}

/** The zip archive that a file comes in, or its own name. */
function archiveOf({ key, variants }: CatalogFile): string {
  return variants.find(({ kind }) => kind === "zip")?.urls[0] ?? key;
}

function tellPlaces(): void {
  console.log(`\nCache:  ${cacheFolder()}\nMirror: ${mirrorPlace() ?? "none"}`);
}

function megabytes(files: readonly CatalogFile[]): string {
  return (files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
}

async function main([command, ...sets]: readonly string[]): Promise<number> {
  const named = sets.includes("all") ? catalogFiles : sets.flatMap(filesOf);
  const files = sets.length === 0 ? catalogFiles : named;
  switch (command) {
    case "list":
      await list();
      return 0;
    case "where":
      await where(files);
      return 0;
    case "verify": {
      const { summary, code } = await verify(files, {}, console.log);
      console.log(summary);
      return code;
    }
    case "fetch":
      if (sets.length > 0) {
        const { summary, code } = await fetchAll(named, console.log);
        console.log(summary);
        return code;
      }
      console.error(`Name the sets to fetch, or "all".\n\n${USAGE}`);
      return 2;
    default:
      console.error(USAGE);
      return command === undefined || command === "help" ? 0 : 2;
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof DataError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
