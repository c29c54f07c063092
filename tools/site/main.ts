/**
 * Exports executed notebooks by hand:
 * `deno run --allow-read --allow-write --allow-env tools/site/main.ts --out site A.ipynb B.ipynb`
 */
import { parseArgs } from "node:util";
import { exportSite } from "./mod.ts";

const { values, positionals } = parseArgs({
  options: { out: { type: "string", default: "site" } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error("Name the executed notebooks to export, in reading order.");
  Deno.exit(2);
}
const { pages, index } = await exportSite({ executed: positionals, out: values.out });
for (const path of [...pages, index]) console.log(path);
