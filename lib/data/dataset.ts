import type * as tf from "@tensorflow/tfjs";
import { Random } from "../math/random.ts";
import { type Column, countRows, rowSize } from "./column.ts";
import { gatherMask, gatherRows } from "./_batching.ts";
import { groupedParts, shuffledParts } from "./_partition.ts";

/** A few examples as tensors. Whoever gets a batch disposes it when done. */
export interface Batch<Input extends string = string, Target extends string = string> {
  /** Number of examples. */
  readonly size: number;
  /** Input tensors `[size, ...shape]` by name. */
  readonly inputs: Readonly<Record<Input, tf.Tensor>>;
  /** Target tensors `[size, ...shape]` by task; a task none of whose labels is here is absent. */
  readonly targets: Readonly<Partial<Record<Target, tf.Tensor>>>;
  /** Masks `[size]` of 0 and 1, only for tasks of which some but not all labels are here. */
  readonly masks: Readonly<Partial<Record<Target, tf.Tensor1D>>>;
  /** Releases all tensors of the batch. */
  dispose(): void;
}

/** How to go through a data set once. */
export interface BatchOptions {
  /** Examples a batch; the last one may hold fewer. A whole number from 1. */
  readonly batchSize: number;
  /** Give a seed to visit the examples in random order. Default: in the order of the set. */
  readonly seed?: number | string;
  /** Which pass this is, from 0; each has an order of its own. Default 0. */
  readonly epoch?: number;
}

/** Anything that training can draw batches from. */
export interface BatchSource<Input extends string = string, Target extends string = string> {
  readonly name: string;
  /** Number of examples of one pass. */
  readonly size: number;
  batches(options: BatchOptions): Iterable<Batch<Input, Target>>;
}

/** The parts that a {@linkcode MultiTaskDataset} is made of. */
export interface DatasetParts<Input extends string, Target extends string> {
  readonly inputs: Readonly<Record<Input, Column>>;
  /** One column for each task. A `NaN` counts as a missing label. */
  readonly targets: Readonly<Record<Target, Column>>;
  /** Who or what an example comes from (speaker, school), for splits that keep groups together. */
  readonly groups?: Readonly<Record<string, ArrayLike<string | number>>>;
  /** Default `"dataset"`. */
  readonly name?: string;
  /** A sentence on where the data come from. */
  readonly description?: string;
  /** `"generated"` when the numbers were made, not measured. Default `"measured"`. */
  readonly origin?: "measured" | "generated";
}

/**
 * Examples with named inputs and one named target for each task. A label may be missing for any
 * task of any example. Subsets and splits share the numbers of the set they come from.
 *
 * ```ts
 * import { MultiTaskDataset } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const dataset = MultiTaskDataset.from({
 *   inputs: { point: { values: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2] } },
 *   targets: {
 *     sum: { values: Float32Array.of(1, 5, 9), shape: [] },
 *     sign: { values: Int32Array.of(1, 1, 0), shape: [], mask: Uint8Array.of(1, 0, 1) },
 *   },
 * });
 * const { train, test } = dataset.split({ train: 2 / 3, test: 1 / 3 }, { seed: 7 });
 * deepStrictEqual([train.size, test.size], [2, 1]);
 * ```
 */
export class MultiTaskDataset<Input extends string = string, Target extends string = string>
  implements BatchSource<Input, Target> {
  readonly name: string;
  readonly description: string;
  readonly origin: "measured" | "generated";
  /** All columns, over all rows that this set was made from; see {@linkcode rows}. */
  readonly inputs: Readonly<Record<Input, Column>>;
  readonly targets: Readonly<Record<Target, Column>>;
  readonly groups: Readonly<Record<string, ArrayLike<string | number>>>;
  /** The rows of the columns that belong to this set, in order. */
  readonly rows: Int32Array;

  private constructor(parts: DatasetParts<Input, Target>, rows: Int32Array) {
    this.name = parts.name ?? "dataset";
    this.description = parts.description ?? "";
    this.origin = parts.origin ?? "measured";
    this.inputs = parts.inputs;
    this.targets = parts.targets;
    this.groups = parts.groups ?? {};
    this.rows = rows;
  }

  /**
   * A data set from columns.
   * @throws {RangeError} When columns differ in length, do not fit their shape, or an input is not
   * a number; names the field.
   */
  static from<Input extends string, Target extends string>(
    parts: DatasetParts<Input, Target>,
  ): MultiTaskDataset<Input, Target> {
    const inputs = Object.entries<Column>(parts.inputs);
    if (inputs.length === 0) throw new RangeError("A data set needs at least one input column.");
    let rows: number | undefined;
    const agree = (field: string, count: number) => {
      rows ??= count;
      if (count !== rows) {
        throw new RangeError(
          `${field} has ${count} rows, but "${
            inputs[0][0]
          }" has ${rows}; all columns need the same number.`,
        );
      }
    };
    for (const [name, column] of inputs) {
      agree(`Input "${name}"`, countRows(`Input "${name}"`, column));
      const bad = firstNotFinite(column);
      if (bad >= 0) {
        throw new RangeError(
          `Input "${name}" holds ${column.values[bad]} in row ${
            Math.floor(bad / rowSize(column.shape))
          }; fill or drop missing inputs first (only targets may be missing).`,
        );
      }
    }
    const targets = {} as Record<Target, Column>;
    for (const [name, column] of Object.entries<Column>(parts.targets)) {
      agree(`Target "${name}"`, countRows(`Target "${name}"`, column));
      targets[name as Target] = maskNotANumber(column);
    }
    for (const [name, members] of Object.entries(parts.groups ?? {})) {
      agree(`Group "${name}"`, members.length);
    }
    return new MultiTaskDataset(
      { ...parts, targets },
      Int32Array.from({ length: rows! }, (_, row) => row),
    );
  }

  /** Number of examples. */
  get size(): number {
    return this.rows.length;
  }

  /** The examples at these positions, in this order. */
  subset(positions: ArrayLike<number>): MultiTaskDataset<Input, Target> {
    const rows = new Int32Array(positions.length);
    for (let at = 0; at < positions.length; at++) {
      const position = positions[at];
      if (!Number.isInteger(position) || position < 0 || position >= this.size) {
        throw new RangeError(
          `Position ${position} is not in "${this.name}", which has ${this.size} examples.`,
        );
      }
      rows[at] = this.rows[position];
    }
    return new MultiTaskDataset(this, rows);
  }

  /** The first `count` examples (all, when there are fewer). */
  take(count: number): MultiTaskDataset<Input, Target> {
    return new MultiTaskDataset(this, this.rows.slice(0, count));
  }

  /** The same examples with only these tasks. */
  withTargets<Kept extends Target>(...names: readonly Kept[]): MultiTaskDataset<Input, Kept> {
    const targets = Object.fromEntries(names.map((name) => [name, this.#column(name)]));
    return new MultiTaskDataset<Input, Kept>(
      { ...this.#parts(), targets: targets as Record<Kept, Column> },
      this.rows,
    );
  }

  /**
   * The same examples with one task more, whose labels follow from those of another: `even` from
   * `digit`. Labels that are missing there are missing here.
   */
  deriveTarget<New extends string>(
    name: New,
    from: Target,
    derive: (value: number) => number,
    options: { readonly labels?: readonly string[] } = {},
  ): MultiTaskDataset<Input, Target | New> {
    const { values, mask, shape, scale = 1, offset = 0 } = this.#column(from);
    const derived = Array.from(values, (value) => derive(value * scale + offset));
    const column: Column = {
      values: derived.every(Number.isInteger)
        ? Int32Array.from(derived)
        : Float32Array.from(derived),
      shape,
      mask,
      labels: options.labels,
    };
    return new MultiTaskDataset<Input, Target | New>(
      {
        ...this.#parts(),
        targets: { ...this.targets, [name]: column } as Record<Target | New, Column>,
      },
      this.rows,
    );
  }

  /** The same examples with `mask` (by position, 1 = keep) laid over the labels of one task. */
  withMask(name: Target, mask: ArrayLike<number>): MultiTaskDataset<Input, Target> {
    const column = this.#column(name);
    if (mask.length !== this.size) {
      throw new RangeError(
        `The mask for "${name}" has ${mask.length} entries, but "${this.name}" has ${this.size} examples.`,
      );
    }
    const whole = new Uint8Array(countRows(`Target "${name}"`, column));
    this.rows.forEach((row, at) => whole[row] = mask[at] && (column.mask?.[row] ?? 1) ? 1 : 0);
    return new MultiTaskDataset<Input, Target>(
      { ...this.#parts(), targets: { ...this.targets, [name]: { ...column, mask: whole } } },
      this.rows,
    );
  }

  /**
   * Parts in random order by fraction of the examples.
   * @param fractions For each part its share, above 0, together at most 1.
   * @param options `seed` of the order; `by` names a group that must stay together in one part.
   */
  split<Part extends string>(
    fractions: Readonly<Record<Part, number>>,
    options: { readonly seed: number | string; readonly by?: string },
  ): Record<Part, MultiTaskDataset<Input, Target>> {
    const names = Object.keys(fractions) as Part[];
    const shares = names.map((name) => fractions[name]);
    const random = Random.stream(options.seed, "split");
    const parts = options.by === undefined
      ? shuffledParts(this.size, names, shares, random)
      : groupedParts(this.#membersOf(options.by), names, shares, random);
    const result = names.map((name, at) => [name, this.subset(parts[at])]);
    return Object.fromEntries(result);
  }

  /**
   * `folds` pairs for cross-validation; each example is in exactly one validation part.
   * @param options `by` names a group that must not be divided between train and validation.
   */
  kFold(
    folds: number,
    options: { readonly seed: number | string; readonly by?: string },
  ): { train: MultiTaskDataset<Input, Target>; validation: MultiTaskDataset<Input, Target> }[] {
    const names = Array.from({ length: folds }, (_, fold) => `fold ${fold + 1}`);
    const shares = names.map(() => 1 / folds);
    const random = Random.stream(options.seed, "folds");
    const parts = options.by === undefined
      ? shuffledParts(this.size, names, shares, random)
      : groupedParts(this.#membersOf(options.by), names, shares, random);
    return parts.map((validation, fold) => ({
      train: this.subset(
        Int32Array.from(parts.flatMap((part, at) => at === fold ? [] : [...part])),
      ),
      validation: this.subset(validation),
    }));
  }

  /**
   * `count` random examples of each class of a task, in random order.
   * @throws {RangeError} When a class has fewer; names it.
   */
  labelsPerClass(
    name: Target,
    count: number,
    options: { readonly seed: number | string },
  ): MultiTaskDataset<Input, Target> {
    const { values, mask } = this.target(name);
    const order = Random.stream(options.seed, "labels per class").permutation(this.size);
    const found = new Map<number, number>();
    const kept = order.filter((position) => {
      if (mask && !mask[position]) return false;
      const taken = found.get(values[position]) ?? 0;
      found.set(values[position], taken + 1);
      return taken < count;
    });
    for (const [label, available] of found) {
      if (available < count) {
        throw new RangeError(
          `"${this.name}" has ${available} examples of class ${label} of "${name}", fewer than the ${count} asked for.`,
        );
      }
    }
    return this.subset(kept);
  }

  /** The targets of one task for the examples of this set, in order, and their mask if any. */
  target(name: Target): { values: Float32Array | Int32Array; mask?: Uint8Array } {
    const column = this.#column(name);
    const size = rowSize(column.shape);
    const values = column.values instanceof Int32Array
      ? new Int32Array(this.size * size)
      : new Float32Array(this.size * size);
    const { scale = 1, offset = 0 } = column;
    this.rows.forEach((row, at) => {
      for (let k = 0; k < size; k++) {
        values[at * size + k] = column.values[row * size + k] * scale + offset;
      }
    });
    return column.mask
      ? { values, mask: Uint8Array.from(this.rows, (row) => column.mask![row]) }
      : { values };
  }

  /** Number of labels that this set has for a task. */
  labelCount(name: Target): number {
    const mask = this.#column(name).mask;
    return mask ? this.rows.reduce((sum, row) => sum + mask[row], 0) : this.size;
  }

  /** The examples at these positions as tensors; the caller disposes the batch. */
  batch(positions: ArrayLike<number>): Batch<Input, Target> {
    const rows = Int32Array.from(positions, (position) => this.rows[position]);
    const inputs = {} as Record<Input, tf.Tensor>;
    const targets: Partial<Record<Target, tf.Tensor>> = {};
    const masks: Partial<Record<Target, tf.Tensor1D>> = {};
    for (const name of Object.keys(this.inputs) as Input[]) {
      inputs[name] = gatherRows(this.inputs[name], rows);
    }
    for (const name of Object.keys(this.targets) as Target[]) {
      const mask = gatherMask(this.targets[name], rows);
      if (mask === "none") continue;
      targets[name] = gatherRows(this.targets[name], rows);
      if (mask !== "all") masks[name] = mask;
    }
    return {
      size: rows.length,
      inputs,
      targets,
      masks,
      dispose() {
        for (const group of [inputs, targets, masks]) {
          for (const tensor of Object.values<tf.Tensor | undefined>(group)) tensor?.dispose();
        }
      },
    };
  }

  /** Goes through the set once. Each batch belongs to the receiver, who disposes it. */
  *batches(options: BatchOptions): Generator<Batch<Input, Target>, void, undefined> {
    const { batchSize, seed, epoch = 0 } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`batchSize must be a whole number from 1, but is ${batchSize}.`);
    }
    const order = seed === undefined
      ? Int32Array.from({ length: this.size }, (_, at) => at)
      : Random.stream(seed, `order of epoch ${epoch}`).permutation(this.size);
    for (let from = 0; from < order.length; from += batchSize) {
      yield this.batch(order.subarray(from, from + batchSize));
    }
  }

  #parts(): DatasetParts<Input, Target> {
    const { inputs, targets, groups, name, description, origin } = this;
    return { inputs, targets, groups, name, description, origin };
  }

  #column(name: Target): Column {
    const column = this.targets[name];
    if (!column) {
      throw new RangeError(
        `"${this.name}" has no target "${name}"; it has ${listNames(Object.keys(this.targets))}.`,
      );
    }
    return column;
  }

  #membersOf(group: string): (string | number)[] {
    const members = this.groups[group];
    if (!members) {
      throw new RangeError(
        `"${this.name}" has no group "${group}"; it has ${listNames(Object.keys(this.groups))}.`,
      );
    }
    return Array.from(this.rows, (row) => members[row]);
  }
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `"${name}"`).join(", ");
}

function firstNotFinite(column: Column): number {
  if (!(column.values instanceof Float32Array)) return -1;
  return column.values.findIndex((value) => !Number.isFinite(value));
}

/** Turns `NaN` targets into missing labels with the value 0. */
function maskNotANumber(column: Column): Column {
  if (!(column.values instanceof Float32Array) || !column.values.some(Number.isNaN)) return column;
  const size = rowSize(column.shape);
  const values = column.values.slice();
  const mask = column.mask?.slice() ?? new Uint8Array(values.length / size).fill(1);
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) return;
    values[at] = 0;
    mask[Math.floor(at / size)] = 0;
  });
  return { ...column, values, mask };
}
