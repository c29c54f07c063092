/**
 * Area that two boxes share, as a part of the area that they cover together.
 *
 * ```ts
 * import { metrics } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(metrics.boxIou([0, 0, 2, 2], [1, 0, 3, 2]), 2 / 6);
 * ```
 *
 * @param one Left, top, right, bottom; a box that ends before it begins has no area.
 * @param other The same of another box.
 * @returns From 0 to 1; 0 where both have no area.
 */
export function boxIou(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const side = (from: number, to: number) => Math.max(0, to - from);
  const area = (box: ArrayLike<number>) => side(box[0], box[2]) * side(box[1], box[3]);
  const shared = side(Math.max(one[0], other[0]), Math.min(one[2], other[2])) *
    side(Math.max(one[1], other[1]), Math.min(one[3], other[3]));
  const covered = area(one) + area(other) - shared;
  return covered > 0 ? shared / covered : 0;
}
