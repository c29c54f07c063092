/** Every public symbol of the rooms listed here has a comment, and its types are public. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Rooms without a gap, which must stay so. */
const COMPLETE = /^lib\/(?:analysis|display|math|training(?!\/optimizers))\//;

/** Types of TensorFlow.js, which belong to another package. */
const FOREIGN = /private type '(?:Tensor\w*|Scalar|Variable)'/;

Deno.test("no public symbol of a complete room lacks a comment or shows a private type", async () => {
  const { stdout, stderr } = await new Deno.Command(`${root}.polytask/bin/deno`, {
    args: ["doc", "--lint", "lib/mod.ts"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  const faults = [...text.matchAll(/^error\[[\w-]+\]: (.*)\n +--> (.*):\d+$/gm)]
    .map(([, fault, place]) => `${place.slice(place.indexOf("/lib/") + 1)}: ${fault}`);
  ok(faults.length > 0 || /Checked \d/.test(text), text);
  deepStrictEqual(faults.filter((fault) => COMPLETE.test(fault) && !FOREIGN.test(fault)), []);
});
