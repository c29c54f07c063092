/** The program of the pack: everything lies in the folder that it is started in. */
import process from "node:process";
import { ended, timeAll } from "./table.ts";

await ended(
  timeAll(process.argv.slice(2), { python: "python3", peer: "peer.py", results: "gpu.json" }),
);
