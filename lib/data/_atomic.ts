import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describeDiskError } from "./_download.ts";

/** A name beside `path` that no other process uses. */
export function temporaryName(path: string, ending = "tmp"): string {
  return `${path}.${crypto.randomUUID().slice(0, 13)}.${ending}`;
}

/**
 * Writes a file so that it appears whole or not at all, even when the machine stops midway.
 * @param options `sync: false` does not wait for the disk, for files that are checked when they are
 * read: then a machine that stops midway may leave a damaged one.
 * @throws {DataError} When the disk refuses.
 */
export async function writeAtomically(
  path: string,
  parts: readonly Uint8Array[],
  { sync = true }: { readonly sync?: boolean } = {},
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      for (const part of parts) await file.writeFile(part);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw describeDiskError(error, path);
  }
}
