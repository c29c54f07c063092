/** Small file helpers of the tools. */
import { dirname } from "node:path";

/** Whether something lies at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes a text so that other processes see the old file or the new one, never a part. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(temporary, text);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** All files under `folder` (paths with `/`, sorted), left out where `skip` says so. */
export async function filesUnder(
  folder: string,
  skip: (name: string) => boolean = () => false,
): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (skip(entry.name)) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesUnder(path, skip));
    else if (entry.isFile) found.push(path);
  }
  return found.sort();
}
