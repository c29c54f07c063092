/**
 * Fewest insertions, deletions and replacements that turn one sequence into the other (Levenshtein
 * 1966).
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(metrics.editDistance([..."kitten"], [..."sitting"]), 3);
 * ```
 */
export function editDistance<Item>(from: ArrayLike<Item>, to: ArrayLike<Item>): number {
  let before = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = before[column - 1] + Number(from[row - 1] !== to[column - 1]);
      current.push(Math.min(replaced, before[column] + 1, current[column - 1] + 1));
    }
    before = current;
  }
  return before[to.length];
}

/**
 * Edits needed in all sequences together, divided by the number of true items: the character or
 * word error rate. It may exceed 1.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(metrics.errorRate([[..."on"], [..."tow"]], [[..."one"], [..."two"]]), 3 / 6);
 * ```
 *
 * @returns From 0; `NaN` where the true sequences are empty.
 * @throws {RangeError} When there are not as many sequences on both sides.
 */
export function errorRate<Item>(
  found: readonly ArrayLike<Item>[],
  truth: readonly ArrayLike<Item>[],
): number {
  if (found.length !== truth.length) {
    throw new RangeError(
      `There are ${found.length} found sequences for ${truth.length} true ones; give one for each.`,
    );
  }
  let [edits, items] = [0, 0];
  truth.forEach((sequence, at) => {
    edits += editDistance(found[at], sequence);
    items += sequence.length;
  });
  return items === 0 ? NaN : edits / items;
}
