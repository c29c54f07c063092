import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** How the temporary files of {@linkcode writeFileWhole} end. */
export const temporaryEnding = ".tmp";

/**
 * Writes a file that appears whole or not at all: under another name first, then moved.
 * @throws {Error} When the disk refuses; what stood at `path` before is still there.
 */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}${temporaryEnding}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(
      `${path} could not be written (${
        (error as Error).message
      }); what was saved there before is unchanged. Make room, or choose another folder.`,
      { cause: error },
    );
  }
}
