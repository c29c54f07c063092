/** What the tests of the tools' Python helpers share. */
import { basename } from "node:path";
import { paths } from "../../tools/paths.ts";

/** How a helper ended and what it said on standard error. */
export interface HelperEnd {
  readonly code: number;
  readonly said: string;
}

/** Runs the helper as the tools do, after some lines of Python that take things away. */
export function helperEnds(helper: string) {
  return async (
    prelude: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<HelperEnd> => {
    const program = `import runpy, sys
${prelude}
sys.argv = ${JSON.stringify([basename(helper), ...args])}
runpy.run_path(${JSON.stringify(helper)}, run_name="__main__")`;
    const { code, stderr } = await new Deno.Command("python3", {
      args: ["-I", "-B", "-c", program],
      env,
      stdout: "null",
      stderr: "piped",
    }).output();
    return { code, said: new TextDecoder().decode(stderr).trim() };
  };
}

/** Gives `work` an empty folder that is removed afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = `${paths.made}/tmp/tools-${crypto.randomUUID()}`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
