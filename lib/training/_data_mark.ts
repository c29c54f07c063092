import { createHash } from "node:crypto";
import type { BatchSource, MultiTaskDataset } from "../data/dataset.ts";
import { setsOf } from "../models/check_labels.ts";

const ROWS = 32;
const NUMBERS = 256;

/**
 * A checksum of some rows of the data, evenly spread, by which a run knows its data again; `null` for
 * a source that does not show its sets, which its `configuration` must tell apart.
 */
export function dataMark(data: BatchSource, tasks: readonly string[]): string | null {
  const sets = setsOf(data);
  if (!sets) return null;
  const hash = createHash("sha256");
  for (const set of sets) addSet(hash, set, tasks);
  return hash.digest("hex").slice(0, 16);
}

function addSet(
  hash: ReturnType<typeof createHash>,
  { inputs, targets, rows }: MultiTaskDataset,
  tasks: readonly string[],
): void {
  const some = Array.from(
    { length: Math.min(ROWS, rows.length) },
    (_, at) => rows[Math.floor(at * rows.length / Math.min(ROWS, rows.length))],
  );
  const columns = [
    ...Object.entries(inputs),
    ...Object.entries(targets).filter(([name]) => tasks.includes(name)),
  ].sort(([a], [b]) => a < b ? -1 : 1);
  for (const [name, { values, shape, scale = 1, offset = 0, mask }] of columns) {
    hash.update(JSON.stringify([name, rows.length, shape, scale, offset]));
    const size = shape.reduce((product, side) => product * side, 1);
    for (const row of some) {
      const labelled = mask?.[row] ?? 1;
      hash.update(`${labelled}`);
      // What stands in the place of a missing label does not count.
      if (!labelled) continue;
      const numbers = values.slice(row * size, row * size + Math.min(size, NUMBERS));
      hash.update(new Uint8Array(numbers.buffer));
    }
  }
}
