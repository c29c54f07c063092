import { drawTurns } from "./_draw.ts";
import type { Sampler } from "./sampler.ts";

/** How far chances may be from adding up to 1. */
const TOLERANCE = 1e-6;

/**
 * Each step draws its set with a chance of your own, $P(\text{set} = i) = p_i$.
 *
 * @param chances The chance of every set by name, from 0 to 1; together 1.
 * @throws {RangeError} When a chance is not from 0 to 1, they do not add up to 1, or the names are
 * not those of the sets.
 */
export function fixed(chances: Readonly<Record<string, number>>): Sampler {
  for (const [name, chance] of Object.entries(chances)) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new RangeError(`The chance of "${name}" must be from 0 to 1, but is ${chance}.`);
    }
  }
  const sum = Object.values(chances).reduce((total, chance) => total + chance, 0);
  if (!(Math.abs(sum - 1) <= TOLERANCE)) {
    throw new RangeError(`The chances must add up to 1, but add up to ${sum}.`);
  }
  const shares: Sampler["shares"] = (sets) => {
    const names = sets.map((set) => set.name);
    const unknown = Object.keys(chances).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(`There is a chance for "${unknown}", but no set of that name.`);
    }
    return names.map((name) => {
      if (!Object.hasOwn(chances, name)) {
        throw new RangeError(`The set "${name}" has no chance; give every set one.`);
      }
      return chances[name] / sum;
    });
  };
  return {
    name: "fixed",
    configuration: { chances },
    shares,
    turns: (sets, epoch) => drawTurns(shares(sets), epoch),
  };
}
