/**
 * `deno task setup`: makes what the course needs; the other tasks do it by themselves.
 * `deno task packages` (the argument `packages`) makes what the library alone needs.
 *
 * @module
 */
import { fail } from "./report.ts";
import { PACKAGES, setUp } from "./setup/mod.ts";

await setUp(Deno.args.includes("packages") ? PACKAGES : undefined).catch(fail);
