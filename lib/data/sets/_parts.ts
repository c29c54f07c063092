import type { MultiTaskDataset } from "../dataset.ts";

/** How many examples each part gets, and the seed of the choice. */
export interface PartSizes {
  /** Training examples. Default: all that are left. */
  readonly train?: number;
  /** Examples held out from the training part to choose settings by. */
  readonly validation?: number;
  /** Test examples. Default: all. */
  readonly test?: number;
  /** Seed of every random choice. Default 0. */
  readonly seed?: number | string;
}

/** The three parts of a data set. No example is in two of them. */
export interface Parts<Input extends string, Target extends string> {
  /** Examples to train on. */
  readonly train: MultiTaskDataset<Input, Target>;
  /** Examples to choose settings by, taken from the training part. */
  readonly validation: MultiTaskDataset<Input, Target>;
  /** Examples to report on. */
  readonly test: MultiTaskDataset<Input, Target>;
}

/**
 * What a loader does when a set is nowhere to be had.
 */
export interface BuiltInOption {
  /**
   * `true`: when the files are neither in the cache nor in a mirror nor to be downloaded, return
   * generated stroke-drawn digits of the same shape; then `dataset.origin` is `"generated"` and
   * `dataset.description` says so. Default `false`: throw a `DataUnavailableError`.
   */
  readonly orBuiltIn?: boolean;
}

/**
 * Checks the size of a part. @throws {RangeError} When it is no whole number from 0 to `available`.
 */
export function checkSize(
  set: string,
  part: string,
  size: number,
  available: number,
  of = "examples",
): number {
  if (!Number.isInteger(size) || size < 0) {
    throw new RangeError(`${set}: ${part} must be a whole number from 0, but is ${size}.`);
  }
  if (size > available) {
    throw new RangeError(`${set}: ${part} asks for ${size} ${of}, but there are ${available}.`);
  }
  return size;
}
