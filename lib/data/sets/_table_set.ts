import { builtOnce } from "../_cached_parts.ts";
import type { ParsedKey } from "../_parsed_cache.ts";
import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import type { DataPlaces } from "../places.ts";

/** A data set of one table: one vector of features for each row, and its targets. */
export interface TableSet<Target extends string> {
  /** All rows; input `features` `[number of features]`, as they are in the file. */
  readonly dataset: MultiTaskDataset<"features", Target>;
  /** What each feature is, in order. */
  readonly featureNames: readonly string[];
}

/** A data set of one table with an official test part. */
export interface SplitTableSet<Target extends string> {
  /** The official training rows; input `features` `[number of features]`. */
  readonly train: MultiTaskDataset<"features", Target>;
  /** The official test rows. */
  readonly test: MultiTaskDataset<"features", Target>;
  /** What each feature is, in order. */
  readonly featureNames: readonly string[];
}

/** Writes some features into their places of all rows. */
type Writer = (all: Float32Array, width: number) => void;

/** Where numbers and categories stand in a row of a table. */
export interface TableLayout {
  /** Features that are numbers; they come first. */
  readonly numbers: number;
  /** For each category, in order, its number of values: as many features of 0 and a single 1. */
  readonly categories: readonly number[];
}

/** Puts features side by side. */
export class Features {
  readonly #names: string[] = [];
  readonly #categories: number[] = [];
  readonly #writers: Writer[] = [];

  constructor(readonly rows: number) {}

  /** A feature that is a number. */
  number(name: string, values: ArrayLike<number>): this {
    const at = this.#names.push(name) - 1;
    // One type of array for all, which keeps the loop fast.
    const numbers = values instanceof Float32Array ? values : new Float32Array(values);
    this.#writers.push((all, width) => {
      for (let row = 0; row < this.rows; row++) all[row * width + at] = numbers[row];
    });
    return this;
  }

  /** A feature for each label: 1 where the code is its index. A code of -1 gives only zeros. */
  oneHot(name: string, codes: Int32Array, labels: readonly string[]): this {
    const at = this.#names.length;
    this.#names.push(...labels.map((label) => `${name}=${label}`));
    this.#categories.push(labels.length);
    this.#writers.push((all, width) => {
      for (let row = 0; row < this.rows; row++) {
        const code = codes[row];
        if (code >= 0 && code < labels.length) all[row * width + at + code] = 1;
      }
    });
    return this;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Where what stands; numbers must have been given first. */
  get layout(): TableLayout {
    const values = this.#categories.reduce((sum, count) => sum + count, 0);
    return { numbers: this.#names.length - values, categories: this.#categories };
  }

  /** All features as one input column `[features]`. */
  column(): Column {
    const width = this.#names.length;
    const values = new Float32Array(this.rows * width);
    for (const write of this.#writers) write(values, width);
    return { values, shape: [width] };
  }
}

/** A table that was read. */
interface ReadTable<Target extends string> {
  readonly features: Features;
  readonly targets: Readonly<Record<Target, Column>>;
  readonly name: string;
  readonly description: string;
}

/** The set of a table from `read`, or from the cache folder; see `parsedOnce`. */
export async function tableSetOnce<Target extends string>(
  key: ParsedKey,
  places: DataPlaces,
  read: () => Promise<ReadTable<Target>>,
): Promise<TableSet<Target>> {
  const { parts, extra } = await builtOnce(key, places, async () => {
    const { features, ...rest } = await read();
    const all = { ...rest, inputs: { features: features.column() } };
    return { parts: { all }, extra: features.names };
  });
  return { dataset: MultiTaskDataset.from(parts.all), featureNames: extra };
}

/** A column of one number a row; `NaN` counts as missing. */
export function numberTarget(values: ArrayLike<number>): Column {
  return { values: new Float32Array(values), shape: [] };
}

/** A column of classes; a code of -1 counts as missing. */
export function classTarget(codes: Int32Array, labels: readonly string[]): Column {
  if (!codes.includes(-1)) return { values: codes, shape: [], labels };
  return {
    values: codes.map((code) => Math.max(0, code)),
    shape: [],
    labels,
    mask: Uint8Array.from(codes, (code) => code < 0 ? 0 : 1),
  };
}
