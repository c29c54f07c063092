/** Tries every backend in a process of its own, as a crash of a driver must not end the doctor. */
import { probeBackends } from "../../lib/backend/mod.ts";

console.log(JSON.stringify(await probeBackends()));
// Threads of a backend must not keep the process.
Deno.exit(0);
