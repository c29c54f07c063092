import { storedVariants } from "../../lib/data/fetch.ts";
import {
  cacheFolder,
  catalogFiles,
  mirrorPlace,
  type MultiTaskDataset,
} from "../../lib/data/mod.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A test on the real files of a data set; it is ignored where they are neither in the cache nor in
 * a mirror folder, so that the tests need no network.
 */
export function testOnRealData(
  dataset: string,
  name: string,
  run: () => Promise<void> | void,
): void {
  Deno.test({ name: `${dataset}: ${name}`, ignore: !isHere(dataset), fn: run });
}

function isHere(dataset: string): boolean {
  const roots = [cacheFolder(), mirrorPlace()].filter((root) => root !== undefined);
  return catalogFiles.filter((file) => file.dataset === dataset).every((file) =>
    roots.some((root) => storedVariants(file).some(({ path }) => existsSync(join(root, path))))
  );
}

/** How often each class occurs. */
export function countClasses(values: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < values.length; row++) counts[values[row]]++;
  return counts;
}

/** Sum in float64. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total;
}

/** Whether two numbers agree to a relative 1e-5 (features are kept in float32). */
export function close(found: number, expected: number): boolean {
  return Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
}

/** One feature of a table set for the rows of a part. */
export function feature(
  part: MultiTaskDataset<"features", string>,
  names: readonly string[],
  name: string,
): number[] {
  const { values, shape } = part.inputs.features;
  const at = names.indexOf(name);
  if (at < 0 || names.length !== shape[0]) throw new Error(`no feature "${name}" of ${shape}`);
  return Array.from(part.rows, (row) => values[row * shape[0] + at]);
}
