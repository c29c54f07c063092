import type { Random } from "../../math/random.ts";

/** A set of a joint data set, as a sampler sees it. */
export interface SampledSet {
  /** Name of the set. */
  readonly name: string;
  /** Number of examples, from 1. */
  readonly size: number;
  /** Batches of one pass through the set. */
  readonly batches: number;
}

/** An epoch for which a sampler chooses. */
export interface SampledEpoch {
  /** Which epoch this is, from 0. */
  readonly number: number;
  /** Steps of the epoch: as many as one pass through every set takes. */
  readonly steps: number;
  /** A stream of its own for every seed and epoch. */
  readonly random: Random;
}

/**
 * Chooses which set of a joint data set gives the batch of each step.
 *
 * A sampler keeps no state: its choices follow from the seed and the number of the epoch. Training
 * that resumes from a checkpoint therefore goes on with the same choices from its position alone.
 * To make a sampler of your own, write one object of this type.
 */
export interface Sampler {
  /** Name of the sampler. */
  readonly name: string;
  /** Settings as JSON; recorded with a run. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The share of the steps that each set gets in the long run; the shares add up to 1. */
  shares(sets: readonly SampledSet[]): number[];
  /** For each step of an epoch the position of the set whose turn it is, `[steps]`. */
  turns(sets: readonly SampledSet[], epoch: SampledEpoch): Int32Array;
}
