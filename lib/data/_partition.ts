import type { Random } from "../math/random.ts";

/** Positions 0 to `size - 1` dealt out in random order by the given shares. */
export function shuffledParts(
  size: number,
  names: readonly string[],
  shares: readonly number[],
  random: Random,
): Int32Array[] {
  checkShares(names, shares);
  const order = random.permutation(size);
  const ends = partEnds(size, shares);
  return ends.map((end, part) => {
    const positions = order.slice(part === 0 ? 0 : ends[part - 1], end);
    refuseEmpty(names[part], positions, size, "examples");
    return positions;
  });
}

/** As {@linkcode shuffledParts}, but deals out whole groups; shares are shares of the groups. */
export function groupedParts(
  members: readonly (string | number)[],
  names: readonly string[],
  shares: readonly number[],
  random: Random,
): Int32Array[] {
  checkShares(names, shares);
  const groups = [...new Set(members)];
  const order = random.permutation(groups.length);
  const ends = partEnds(groups.length, shares);
  const partOf = new Map<string | number, number>();
  order.forEach((group, at) => {
    const part = ends.findIndex((end) => at < end);
    if (part >= 0) partOf.set(groups[group], part);
  });
  const parts: number[][] = names.map(() => []);
  members.forEach((member, position) => parts[partOf.get(member) ?? -1]?.push(position));
  return parts.map((positions, part) => {
    refuseEmpty(names[part], positions, groups.length, "groups");
    return Int32Array.from(positions);
  });
}

function partEnds(size: number, shares: readonly number[]): number[] {
  let sum = 0;
  return shares.map((share) => Math.round((sum += share) * size));
}

/** @throws {RangeError} When a share is not above 0 or they come to more than 1. */
export function checkShares(names: readonly string[], shares: readonly number[]): void {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.length === 0 || !shares.every((share) => share > 0) || total > 1 + 1e-9) {
    throw new RangeError(
      `Every part needs a share above 0 and all together at most 1, but the shares are ${
        names.map((name, at) => `${name}: ${shares[at]}`).join(", ")
      }.`,
    );
  }
}

/** @throws {RangeError} When there are no `positions`; names the part. */
export function refuseEmpty(
  name: string,
  positions: ArrayLike<number>,
  size: number,
  what: string,
): void {
  if (positions.length === 0) {
    throw new RangeError(
      `Part "${name}" would be empty: ${size} ${what} are too few for these shares.`,
    );
  }
}
