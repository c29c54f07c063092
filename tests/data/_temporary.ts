import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../.polytask/tests", import.meta.url));
const made: string[] = [];

/** An empty folder inside the checkout that is removed when the tests have ended. */
export function temporaryFolder(): string {
  Deno.mkdirSync(root, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: root });
  made.push(folder);
  return folder;
}

/** A file in a folder of its own, where another program expects a folder. */
export function temporaryFile(): string {
  const file = `${temporaryFolder()}/file`;
  Deno.writeTextFileSync(file, "");
  return file;
}

globalThis.addEventListener("unload", () => {
  for (const folder of made) Deno.removeSync(folder, { recursive: true });
});
