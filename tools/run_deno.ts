/** Runs a tool of the checkout's own Deno. */
import { paths } from "./paths.ts";

/** How a tool ended and what it said. */
export interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** What it said on both streams, errors last. */
  readonly output: string;
}

/** Runs `deno` with `args` in a folder, the root of the checkout by default, and waits for its end. */
export async function runDeno(args: readonly string[], folder = paths.root): Promise<Ended> {
  const { success, stdout, stderr } = await new Deno.Command(paths.deno, {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, stdout: out, stderr: error, output: `${out}${error}`.trim() };
}
