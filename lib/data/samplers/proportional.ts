import type { Sampler } from "./sampler.ts";

/**
 * Every batch of every set once an epoch, in random order: drawing without putting back.
 *
 * Set $i$ of $n_i$ examples gets the share $n_i / \sum_j n_j$ of the steps, exactly so in each epoch
 * (up to the rounding of the last batch of a set), and an epoch sees every example once. A large set
 * leads, and a small one has little say in what is shared.
 */
export function proportional(): Sampler {
  return {
    name: "proportional",
    configuration: {},
    shares(sets) {
      const batches = sets.reduce((sum, set) => sum + set.batches, 0);
      return sets.map((set) => set.batches / batches);
    },
    turns(sets, { random }) {
      const turns = sets.flatMap((set, at) => Array<number>(set.batches).fill(at));
      return Int32Array.from(random.permutation(turns.length), (place) => turns[place]);
    },
  };
}
