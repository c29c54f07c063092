import type { SampledEpoch } from "./sampler.ts";

/** Independent draws from the chances `shares`, which add up to 1: one position for each step. */
export function drawTurns(shares: readonly number[], { steps, random }: SampledEpoch): Int32Array {
  let sum = 0;
  const upTo = shares.map((share) => sum += share);
  // A draw above the last sum, which rounding may leave a little below 1, belongs to a set with a chance.
  const last = shares.findLastIndex((share) => share > 0);
  return Int32Array.from({ length: steps }, () => {
    const draw = random.uniform();
    const found = upTo.findIndex((bound) => draw < bound);
    return found < 0 ? last : found;
  });
}
