/** Prints which backend a chapter gets here. */
import { useBackend } from "../../lib/backend/mod.ts";

const { backend, device, threads, versions } = await useBackend();
console.log(JSON.stringify({ backend, device, threads, versions }));
// Threads of a backend must not keep the process.
Deno.exit(0);
