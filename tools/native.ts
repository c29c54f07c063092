/**
 * `deno task native [--from official|wheel] [--again]`: installs native TensorFlow for the backend
 * `native`, and says what it did. It changes nothing where that is there and works.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { installNative, type Source, sources } from "./native/mod.ts";
import { fail, UserError } from "./report.ts";

function parse(args: string[]): { from: readonly Source[]; again: boolean } {
  try {
    const { values: { from, again } } = parseArgs({
      args,
      options: { from: { type: "string" }, again: { type: "boolean", default: false } },
    });
    const chosen = sources.filter((source) => from === undefined || source === from);
    if (chosen.length === 0) throw new Error(`it comes from ${sources.join(" or ")}`);
    return { from: chosen, again };
  } catch (error) {
    throw new UserError(
      `${(error as Error).message}\nUsage: deno task native [--from official|wheel] [--again]`,
    );
  }
}

if (import.meta.main) {
  await Promise.resolve(Deno.args).then(parse).then(installNative).catch(fail);
}
