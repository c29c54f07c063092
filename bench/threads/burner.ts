/**
 * Keeps one core busy until the process that started it closes its standard input.
 *
 * @module
 */

import process from "node:process";

/** Milliseconds of work between two looks at standard input. */
const STRETCH = 20;

function burn(): void {
  const end = performance.now() + STRETCH;
  while (performance.now() < end);
  setTimeout(burn);
}

process.stdin.on("data", () => undefined);
process.stdin.on("end", () => process.exit());
burn();
