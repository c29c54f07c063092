/** Programs that the tools run with the machine's own Python; they need nothing but its library. */
import { type StatusLine, UserError } from "./report.ts";

/**
 * Runs a program of Python and shows its progress: lines of its output that start with "progress ".
 *
 * @throws {UserError} With what the program says on standard error, when it fails.
 */
export async function runPython(
  program: string,
  args: readonly string[],
  status: StatusLine,
): Promise<void> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", {
      args: ["-I", "-B", program, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError("Python 3.10 or newer is needed: install it so that python3 is found.");
  }
  const message = new Response(child.stderr).text();
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const line = chunk.trimEnd().split("\n").at(-1)!;
    if (line.startsWith("progress ")) status.detail(line.slice("progress ".length));
  }
  const { code } = await child.status;
  if (code !== 0) throw new UserError((await message).trim() || `python3 ended with code ${code}`);
}
