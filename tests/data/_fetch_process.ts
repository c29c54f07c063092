// Run by processes_test.ts: fetches one file into a cache and prints how many bytes it got.
import { fetchFromNetwork } from "../../lib/data/_network.ts";
import { entryFor, someBytes } from "./_catalog.ts";

const [url, cache, count] = Deno.args;
const { contents, failures } = await fetchFromNetwork(
  entryFor(someBytes(Number(count)), [url]),
  cache,
  {},
);
console.log(contents instanceof Uint8Array ? contents.length : failures.join("; "));
