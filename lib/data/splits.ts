import type { MultiTaskDataset } from "./dataset.ts";

/** How to divide a data set. */
export interface SplitOptions<Target extends string = string> {
  /** Seed of the order. */
  readonly seed: number | string;
  /** A group whose members (a speaker, a school) must stay together in one part. */
  readonly by?: string;
  /**
   * A task of one number a row, each class of which every part gets its share of (each tenth of the
   * values where they are not whole numbers), and of the missing labels too. Not together with `by`.
   */
  readonly stratify?: Target;
}

/** One round of a cross-validation. */
export interface Fold<Input extends string, Target extends string> {
  /** The examples of all other folds. */
  readonly train: MultiTaskDataset<Input, Target>;
  /** The examples of one fold. */
  readonly validation: MultiTaskDataset<Input, Target>;
}

/** One round of a nested cross-validation; see {@linkcode MultiTaskDataset.nestedKFold}. */
export interface NestedFold<Input extends string, Target extends string> {
  /** All examples but those of `test`. */
  readonly train: MultiTaskDataset<Input, Target>;
  /** The examples of one outer fold. */
  readonly test: MultiTaskDataset<Input, Target>;
  /** Divisions of `train`. */
  readonly inner: readonly Fold<Input, Target>[];
}
