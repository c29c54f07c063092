import type { Random } from "../math/random.ts";
import type { Labels } from "./_labels.ts";
import { groupedParts, shuffledParts } from "./_partition.ts";
import { stratifiedParts } from "./_stratify.ts";

/** What positions are dealt out by. */
export interface Dealing {
  readonly size: number;
  /** Whole groups stay together: for each position the one that it belongs to. */
  readonly members?: readonly (string | number)[];
  /** Every part gets its share of each class. */
  readonly labels?: Labels;
}

/**
 * Positions dealt out to parts in random order.
 * @throws {RangeError} When a part would be empty, or both groups and labels are given.
 */
export function deal(
  names: readonly string[],
  shares: readonly number[],
  random: Random,
  { size, members, labels }: Dealing,
): Int32Array[] {
  if (members && labels) {
    throw new RangeError("A split goes by a group or is stratified by a task, not both.");
  }
  if (members) return groupedParts(members, names, shares, random);
  if (labels) return stratifiedParts(labels, names, shares, random);
  return shuffledParts(size, names, shares, random);
}

/** Names of so many folds. @throws {RangeError} When that is not a whole number from 2. */
export function foldNames(folds: number): string[] {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new RangeError(`folds must be a whole number from 2, but is ${folds}.`);
  }
  return Array.from({ length: folds }, (_, fold) => `fold ${fold + 1}`);
}
