import type { Random } from "../math/random.ts";
import type { Labels } from "./_labels.ts";
import { checkShares, refuseEmpty } from "./_partition.ts";

/** Into how many equally full ranges the values of a number are put. */
const RANGES = 10;

/**
 * Positions dealt out by the given shares so that every part has its share of every stratum, to
 * within one or two examples: of every class; of every tenth of the values where they are not whole
 * numbers; and of the examples without a label.
 */
export function stratifiedParts(
  labels: Labels,
  names: readonly string[],
  shares: readonly number[],
  random: Random,
): Int32Array[] {
  checkShares(names, shares);
  const size = labels.values.length;
  const strata = strataOf(labels);
  // Sorting is stable, so the order within a stratum stays random.
  const order = [...random.permutation(size)].sort((a, b) => strata[a] - strata[b]);
  // What belongs to no part is dealt out like one more part.
  const all = [...shares, Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0))];
  const parts: number[][] = all.map(() => []);
  order.forEach((position, dealt) => {
    let neediest = 0;
    let most = -Infinity;
    all.forEach((share, part) => {
      const lacking = share * (dealt + 1) - parts[part].length;
      if (share > 0 && lacking > most + 1e-9) [neediest, most] = [part, lacking];
    });
    parts[neediest].push(position);
  });
  return names.map((name, part) => {
    refuseEmpty(name, parts[part], size, "examples");
    // As dealt out, the classes would follow one another.
    const shuffled = random.permutation(parts[part].length);
    return Int32Array.from(shuffled, (at) => parts[part][at]);
  });
}

/** For each position the number of its stratum. */
function strataOf({ values, mask }: Labels): Float64Array {
  const has = (position: number) => !mask || mask[position] === 1;
  const strata = new Float64Array(values.length).fill(-Infinity);
  const labelled = Array.from(values.keys()).filter(has);
  if (labelled.every((position) => Number.isInteger(values[position]))) {
    for (const position of labelled) strata[position] = values[position];
  } else {
    labelled.sort((a, b) => values[a] - values[b]);
    labelled.forEach((position, rank) =>
      strata[position] = Math.floor(rank * RANGES / labelled.length)
    );
  }
  return strata;
}
