/** The chapters of the course: the notebooks `notebooks/NN_title.ipynb`, in reading order. */
import { paths } from "./paths.ts";
import { UserError } from "./report.ts";

const CHAPTER = /^\d\d_\w+\.ipynb$/;

/** Absolute paths of all chapters, in reading order. */
export async function chapterFiles(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(paths.notebooks)) {
    if (entry.isFile && CHAPTER.test(entry.name)) names.push(entry.name);
  }
  return names.sort().map((name) => `${paths.notebooks}/${name}`);
}

/**
 * The chapters that are asked for by number (`02`, `2`) or by the beginning of their file name.
 *
 * @throws {UserError} When a number has no chapter.
 */
export function selectChapters(files: readonly string[], wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [...files];
  const name = (file: string) => file.slice(file.lastIndexOf("/") + 1);
  const selected = wanted.map((word) => {
    const prefix = /^\d+$/.test(word) ? `${word.padStart(2, "0")}_` : word;
    const found = files.find((file) => name(file).startsWith(prefix));
    if (found) return found;
    const numbers = files.map((file) => name(file).slice(0, 2)).join(", ");
    throw new UserError(`There is no chapter ${word}; there are: ${numbers || "none yet"}`);
  });
  return files.filter((file) => selected.includes(file));
}
