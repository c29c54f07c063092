/** `deno task setup`: makes what the course needs; the other tasks do it by themselves. */
import { fail } from "./report.ts";
import { setUp } from "./setup/mod.ts";

await setUp().catch(fail);
