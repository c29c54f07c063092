import { Random } from "../math/random.ts";
import type { Batch, BatchOptions, BatchSource } from "./batch.ts";
import { checkBatchSize, epochOrder, makeBatch, upTo } from "./_batching.ts";
import { checkColumns, entryNamed, maskNotANumber } from "./_check_columns.ts";
import type { Column } from "./column.ts";
import type { DatasetParts } from "./dataset_parts.ts";
import { derivedColumn, type Labels, labelsOf, laidOver, perClass } from "./_labels.ts";
import type { Fold, NestedFold, SplitOptions } from "./splits.ts";
import { deal, foldNames } from "./_deal.ts";

export type { Batch, BatchOptions, BatchSource } from "./batch.ts";
export type { DatasetParts } from "./dataset_parts.ts";

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
  /** What errors and records call the set. Default `"dataset"`. */
  readonly name: string;
  /** A sentence on where the data come from; empty where none was given. */
  readonly description: string;
  /** Whether the numbers were measured or made. Default `"measured"`. */
  readonly origin: "measured" | "generated";
  /** All columns, over all rows that this set was made from; see {@linkcode rows}. */
  readonly inputs: Readonly<Record<Input, Column>>;
  /** One column for each task, over all rows that this set was made from. */
  readonly targets: Readonly<Record<Target, Column>>;
  /** Who or what each of those rows comes from (speaker, school), by name of the group. */
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
   * @throws {RangeError} When columns differ in length, do not fit their shape, an input is not a
   * number, or a mask is not made of 0 and 1; names the field.
   */
  static from<Input extends string, Target extends string>(
    parts: DatasetParts<Input, Target>,
  ): MultiTaskDataset<Input, Target> {
    const rows = checkColumns(parts.inputs, parts.targets, parts.groups ?? {});
    const targets = {} as Record<Target, Column>;
    for (const [name, column] of Object.entries<Column>(parts.targets)) {
      targets[name as Target] = maskNotANumber(column);
    }
    return new MultiTaskDataset({ ...parts, targets }, upTo(rows));
  }

  /** Number of examples. */
  get size(): number {
    return this.rows.length;
  }

  /**
   * The examples at these positions, in this order.
   * @throws {RangeError} When a position is not a whole number from 0 to `size - 1`.
   */
  subset(positions: ArrayLike<number>): MultiTaskDataset<Input, Target> {
    return new MultiTaskDataset(this, this.#rowsAt(positions));
  }

  /** The first `count` examples (all, when there are fewer). */
  take(count: number): MultiTaskDataset<Input, Target> {
    if (!(count >= 0) || (Number.isFinite(count) && !Number.isInteger(count))) {
      throw new RangeError(`take needs a whole number from 0, but gets ${count}.`);
    }
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
   * The same examples with one input called otherwise, for sets to be joined.
   * @throws {RangeError} When there is no input `from`, or there is one called `to`.
   */
  renameInput<From extends Input, To extends string>(
    from: From,
    to: To,
  ): MultiTaskDataset<Exclude<Input, From> | To, Target> {
    this.#named("input", this.inputs, from);
    if (Object.hasOwn(this.inputs, to)) {
      throw new RangeError(`"${this.name}" already has an input "${to}".`);
    }
    const inputs = Object.entries<Column>(this.inputs)
      .map(([name, column]) => [name === from ? to : name, column]);
    return new MultiTaskDataset<Exclude<Input, From> | To, Target>(
      { ...this.#parts(), inputs: Object.fromEntries(inputs) },
      this.rows,
    );
  }

  /**
   * The same examples with one task more, whose labels follow from those of another: `even` from
   * `digit`. Labels that are missing there are missing here; so are those derived as `NaN`.
   */
  deriveTarget<New extends string>(
    name: New,
    from: Target,
    derive: (value: number) => number,
    options: { readonly labels?: readonly string[] } = {},
  ): MultiTaskDataset<Input, Target | New> {
    const column = derivedColumn(this.#column(from), derive, options.labels);
    const targets = { ...this.targets, [name]: column } as Record<Target | New, Column>;
    return new MultiTaskDataset<Input, Target | New>({ ...this.#parts(), targets }, this.rows);
  }

  /** The same examples with `mask` (by position, 1 = keep) laid over the labels of one task. */
  withMask(name: Target, mask: ArrayLike<number>): MultiTaskDataset<Input, Target> {
    const column = this.#column(name);
    if (mask.length !== this.size) {
      throw new RangeError(
        `The mask for "${name}" has ${mask.length} entries, but "${this.name}" has ${this.size} examples.`,
      );
    }
    const targets = { ...this.targets, [name]: laidOver(column, this.rows, mask) };
    return new MultiTaskDataset<Input, Target>({ ...this.#parts(), targets }, this.rows);
  }

  /**
   * Parts in random order by fraction of the examples.
   * @param fractions For each part its share, above 0, together at most 1.
   * @param options See {@linkcode SplitOptions}; with `by` the shares are shares of the groups.
   * @throws {RangeError} When a part would be empty; names it.
   */
  split<Part extends string>(
    fractions: Readonly<Record<Part, number>>,
    options: SplitOptions<Target>,
  ): Record<Part, MultiTaskDataset<Input, Target>> {
    const names = Object.keys(fractions) as Part[];
    const shares = names.map((name) => fractions[name]);
    const parts = this.#deal(names, shares, Random.stream(options.seed, "split"), options);
    const result = names.map((name, at) => [name, this.subset(parts[at])]);
    return Object.fromEntries(result);
  }

  /**
   * `folds` pairs for cross-validation; each example is in exactly one validation part.
   * @param folds A whole number from 2.
   */
  kFold(folds: number, options: SplitOptions<Target>): Fold<Input, Target>[] {
    const names = foldNames(folds);
    const shares = names.map(() => 1 / folds);
    const parts = this.#deal(names, shares, Random.stream(options.seed, "folds"), options);
    return parts.map((validation, fold) => ({
      train: this.subset(
        Int32Array.from(parts.flatMap((part, at) => at === fold ? [] : [...part])),
      ),
      validation: this.subset(validation),
    }));
  }

  /**
   * Folds within folds: the inner ones are for choosing settings on the training part of an outer
   * one, whose test part is then looked at once.
   * @param folds How many outer and inner folds, whole numbers from 2.
   */
  nestedKFold(
    folds: { readonly outer: number; readonly inner: number },
    options: SplitOptions<Target>,
  ): NestedFold<Input, Target>[] {
    return this.kFold(folds.outer, options).map(({ train, validation }, at) => ({
      train,
      test: validation,
      inner: train.kFold(folds.inner, { ...options, seed: `${options.seed}/outer fold ${at + 1}` }),
    }));
  }

  /**
   * `count` random examples of each class of a task, in random order. The classes are those that
   * occur, and those that the column has names for.
   * @throws {RangeError} When a class has fewer, or the task has not one number a row; names it.
   */
  labelsPerClass(
    name: Target,
    count: number,
    options: { readonly seed: number | string },
  ): MultiTaskDataset<Input, Target> {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`labelsPerClass needs a whole number from 1, but gets ${count}.`);
    }
    const random = Random.stream(options.seed, "labels per class");
    const kept = perClass(this.#oneNumber(name), this.#column(name).labels, count, random, {
      set: this.name,
      task: name,
    });
    return this.subset(kept);
  }

  /** The targets of one task for the examples of this set, in order, and their mask if any. */
  target(name: Target): Labels {
    return labelsOf(this.#column(name), this.rows);
  }

  /** Number of labels that this set has for a task. */
  labelCount(name: Target): number {
    const mask = this.#column(name).mask;
    return mask ? this.rows.reduce((sum, row) => sum + mask[row], 0) : this.size;
  }

  /** The examples that have a label for this task. */
  labelled(name: Target): MultiTaskDataset<Input, Target> {
    const mask = this.#column(name).mask;
    return mask ? new MultiTaskDataset(this, this.rows.filter((row) => mask[row])) : this;
  }

  /** The examples at these positions as tensors; the caller disposes the batch. */
  batch(positions: ArrayLike<number>): Batch<Input, Target> {
    return makeBatch(this.inputs, this.targets, this.#rowsAt(positions));
  }

  /** Goes through the set once. Each batch belongs to the receiver, who disposes it. */
  *batches(options: BatchOptions): Generator<Batch<Input, Target>, void, undefined> {
    const { batchSize, seed, epoch = 0 } = options;
    checkBatchSize(batchSize);
    const order = epochOrder(this.size, seed, epoch);
    for (let from = 0; from < order.length; from += batchSize) {
      // Positions of an epoch are right as they are.
      const rows = order.slice(from, from + batchSize);
      for (let at = 0; at < rows.length; at++) rows[at] = this.rows[rows[at]];
      yield makeBatch(this.inputs, this.targets, rows);
    }
  }

  #deal(
    names: readonly string[],
    shares: readonly number[],
    random: Random,
    { by, stratify }: SplitOptions<Target>,
  ): Int32Array[] {
    return deal(names, shares, random, {
      size: this.size,
      members: by === undefined ? undefined : this.#membersOf(by),
      labels: stratify === undefined ? undefined : this.#oneNumber(stratify),
    });
  }

  /** The labels of a task; refuses one that has not one number a row. */
  #oneNumber(name: Target) {
    const { shape } = this.#column(name);
    if (shape.length === 0) return this.target(name);
    throw new RangeError(`"${name}" has rows of shape [${shape}], not one number a row.`);
  }

  /** The rows of the columns that stand at these positions of the set. */
  #rowsAt(positions: ArrayLike<number>): Int32Array {
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
    return rows;
  }

  #parts(): DatasetParts<Input, Target> {
    const { inputs, targets, groups, name, description, origin } = this;
    return { inputs, targets, groups, name, description, origin };
  }

  #column(name: Target): Column {
    return this.#named("target", this.targets, name);
  }

  #membersOf(group: string): (string | number)[] {
    const members = this.#named("group", this.groups, group);
    return Array.from(this.rows, (row) => members[row]);
  }

  #named<Entry>(what: string, entries: Readonly<Record<string, Entry>>, name: string): Entry {
    return entryNamed(this.name, what, entries, name);
  }
}
