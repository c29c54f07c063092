// Run by parsed_cache_test.ts: loads a set again and again with one version of its parser, and says
// how often it got other numbers than this version gives.
import { parsedOnce } from "../../lib/data/_parsed_cache.ts";

const [cache, version, times] = [Deno.args[0], ...Deno.args.slice(1).map(Number)];
const values = new Int32Array(20_000).fill(version);
let wrong = 0;
for (let time = 0; time < times; time++) {
  const key = { name: "test", version, sources: ["crabs/crabs.dat"] };
  const parse = () => Promise.resolve({ arrays: { values }, notes: version });
  const { arrays, notes } = await parsedOnce(key, { cache }, parse);
  const right = notes === version && arrays.values.length === values.length &&
    arrays.values.every((value) => value === version);
  if (!right) wrong++;
  // Another settings file of the same version each time, so that something is written and purged.
  await parsedOnce({ ...key, settings: `${time % 5}` }, { cache }, parse);
}
console.log(`${wrong} of ${times} wrong`);
