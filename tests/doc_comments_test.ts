/** Every public symbol of every room has a comment, and its types are public. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Types of TensorFlow.js, which belong to another package: the one exception. */
const FOREIGN =
  /private type '(?:Tensor(?:[1-6]D)?|Scalar|Variable|SymbolicTensor|LayersModel|Layer)'/;

/** What `deno doc --lint` says of these modules: `lib/x/y.ts: what is wrong`. */
async function faultsOf(...modules: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(`${root}.polytask/bin/deno`, {
    args: ["doc", "--lint", ...modules],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  const faults = [...text.matchAll(/^error\[([\w-]+)\]: (.*)\n +--> (.*):\d+$/gm)]
    .map(([, rule, fault, place]) =>
      `${place.slice(place.indexOf("/lib/") + 1)}: ${rule}: ${fault}`
    );
  ok(faults.length > 0 || /Checked \d/.test(text), text);
  return faults;
}

Deno.test("no public symbol lacks a comment or shows a private type of polytask", async () => {
  const faults = await faultsOf("lib/mod.ts");
  deepStrictEqual(faults.filter((fault) => !FOREIGN.test(fault)), []);
});

Deno.test("no symbol that a room exports, a namespace such as data or linear too, lacks a comment", async () => {
  const rooms = readdirSync(`${root}lib`, { recursive: true, encoding: "utf8" })
    .filter((path) => /(?:^|\/)mod\.ts$/.test(path)).map((path) => `lib/${path}`);
  ok(rooms.includes("lib/data/mod.ts") && rooms.includes("lib/tasks/metrics/mod.ts"));
  const faults = await faultsOf(...rooms);
  deepStrictEqual(faults.filter((fault) => fault.includes(": missing-jsdoc: ")), []);
});
