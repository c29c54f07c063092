import { storedVariants } from "../../lib/data/fetch.ts";
import { cacheFolder, catalogFiles, mirrorPlace } from "../../lib/data/mod.ts";
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
