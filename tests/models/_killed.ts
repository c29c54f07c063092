import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs a program that saves into a folder again and again, and kills it some milliseconds after
 * `file` is there: one whole round first; after that the knife falls wherever it falls. The program
 * gets the folder as its argument and prints a line before it begins.
 */
export async function killWhileSaving(
  program: string,
  { folder, file, wait }: { readonly folder: string; readonly file: string; readonly wait: number },
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", "-", folder],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const output = child.stdout.getReader();
  await output.read();
  while (!existsSync(join(folder, file))) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, wait));
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();
}
