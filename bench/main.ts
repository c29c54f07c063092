/**
 * Runs a benchmark: `deno task bench NAME [...]` hands the rest to `bench/NAME/main.ts`.
 *
 * A benchmark exports `run(args)`.
 *
 * @module
 */

import { readdir, stat } from "node:fs/promises";

/** What each `bench/NAME/main.ts` exports. */
interface Benchmark {
  run(args: readonly string[]): Promise<void>;
}

const folder = new URL("./", import.meta.url);

async function names(): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder)) {
    const main = await stat(new URL(`${entry}/main.ts`, folder)).catch(() => undefined);
    if (main?.isFile()) found.push(entry);
  }
  return found.sort();
}

const [name, ...args] = Deno.args;
const known = await names();
if (!name || !known.includes(name)) {
  console.error(
    `${name ? `There is no benchmark "${name}".` : "Say which benchmark."} There are: ${
      known.join(", ")
    }.`,
  );
  Deno.exit(2);
}
const benchmark: Benchmark = await import(new URL(`${name}/main.ts`, folder).href);
await benchmark.run(args);
