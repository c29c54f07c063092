/** What a chapter finds on the machine: which data are there, and which backend. */
import { join } from "node:path";
import { catalogFiles } from "../../lib/data/catalog.ts";
import { cacheFolder, isAddress, mirrorPlace } from "../../lib/data/places.ts";
import { paths } from "../paths.ts";
import { runDeno } from "../run_deno.ts";

/**
 * The catalogued files that cache and mirror hold, and where a mirror is an address, that address.
 * Which of the places has a file does not count, since loaders copy from one to the other; nor does
 * what is in it, which they check against the catalogue.
 */
export async function dataAtHand(
  places: { readonly cache?: string; readonly mirror?: string | null } = {},
): Promise<string[]> {
  const mirror = mirrorPlace(places);
  const folders = [cacheFolder(places)];
  if (mirror && !isAddress(mirror)) folders.push(mirror);
  const there = await Promise.all(catalogFiles.map(async ({ key, variants }) => {
    const names = new Set([key, ...variants.flatMap(({ path }) => path ?? [])]);
    const candidates = folders.flatMap((folder) => [...names].map((name) => join(folder, name)));
    return (await Promise.all(candidates.map(hasContent))).some(Boolean) ? key : [];
  }));
  return [...there.flat().sort(), ...mirror && isAddress(mirror) ? [mirror] : []];
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).size > 0;
  } catch {
    return false;
  }
}

/**
 * The backend that a chapter gets from `useBackend()`, as text: its name, device and versions, or
 * why there is none. Tried in a process of its own, as a crash of a driver must not end the course.
 */
export async function chosenBackend(): Promise<string> {
  const { stdout, output } = await runDeno([
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-env",
    "--allow-sys",
    "--allow-ffi",
    `${paths.root}/tools/run_notebooks/choose_backend.ts`,
  ]);
  return stdout.split("\n").find((line) => line.startsWith("{")) ?? output;
}
