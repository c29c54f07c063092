import type { Sampler } from "./sampler.ts";

/**
 * The sets take turns: step $t$ belongs to set $t \bmod K$, whatever the sizes.
 *
 * Each of $K$ sets gets $1/K$ of the steps. A small set is gone through more often than a large one,
 * so that it may be learned by heart; of a large one an epoch sees only a part. An epoch begins with
 * the set whose turn it is, so that over many epochs no set gets more than one step more than
 * another.
 */
export function roundRobin(): Sampler {
  return {
    name: "round robin",
    configuration: {},
    shares: (sets) => sets.map(() => 1 / sets.length),
    turns: (sets, { number, steps }) =>
      Int32Array.from({ length: steps }, (_, at) => (number * steps + at) % sets.length),
  };
}
