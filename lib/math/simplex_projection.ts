/**
 * The point of the simplex `{x >= 0, sum x = total}` nearest to `vector`.
 *
 * Sorting method of Held, Wolfe and Crowder (1974).
 *
 * ```ts
 * import { math } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 * deepStrictEqual(math.projectOntoSimplex([2, 0]), [1, 0]);
 * ```
 *
 * @param total Sum of the result, above 0. Default 1.
 * @throws RangeError when `vector` is empty, holds a number that is not finite, or `total <= 0`.
 */
export function projectOntoSimplex(vector: ArrayLike<number>, total = 1): number[] {
  const values = Array.from(vector);
  if (values.length === 0) throw new RangeError("An empty vector has no nearest simplex point.");
  if (!values.every(Number.isFinite)) {
    throw new RangeError(`All entries must be finite, but the vector is [${values.join(", ")}].`);
  }
  if (!(total > 0)) throw new RangeError(`total must be above 0, but is ${total}.`);
  const descending = values.toSorted((a, b) => b - a);
  let sum = 0;
  let threshold = 0;
  for (let count = 1; count <= descending.length; count++) {
    sum += descending[count - 1];
    const candidate = (sum - total) / count;
    if (descending[count - 1] <= candidate) break;
    threshold = candidate;
  }
  return values.map((value) => Math.max(value - threshold, 0));
}
