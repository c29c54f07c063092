import { Random } from "../math/random.ts";
import type { Batch, BatchOptions, BatchSource } from "./batch.ts";
import type { Column } from "./column.ts";
import type { MultiTaskDataset } from "./dataset.ts";
import { proportional } from "./samplers/proportional.ts";
import type { SampledSet, Sampler } from "./samplers/sampler.ts";

/** Data sets by name. */
export type DatasetsByName = Readonly<Record<string, MultiTaskDataset>>;

/** Names of the inputs of a data set. */
type InputsOf<Dataset> = Dataset extends MultiTaskDataset<infer Input, string> ? Input : never;

/** Names of the targets of a data set. */
type TargetsOf<Dataset> = Dataset extends MultiTaskDataset<string, infer Target> ? Target : never;

/** Names of all targets of several data sets. */
export type JointTarget<Sets extends DatasetsByName> = TargetsOf<Sets[keyof Sets]>;

/** A batch of a joint data set: inputs and targets of the one set that `set` names. */
export type JointBatch<Sets extends DatasetsByName> = {
  [Name in keyof Sets & string]:
    & Batch<InputsOf<Sets[Name]>, TargetsOf<Sets[Name]>>
    & { readonly set: Name };
}[keyof Sets & string];

/** Settings of {@linkcode jointDataset}. */
export interface JointDatasetOptions {
  /** Which set gives the batch of each step. Default `samplers.proportional()`. */
  readonly sampler?: Sampler;
  /** Default: the names of the sets with "+" between them. */
  readonly name?: string;
}

/**
 * Several data sets to train on together; made by {@linkcode jointDataset}.
 *
 * It is a source of batches only: split, subset and standardise the sets before they are joined.
 */
export class JointDataset<Sets extends DatasetsByName = DatasetsByName>
  implements BatchSource<string, JointTarget<Sets>> {
  /** Name of the joint set. Default: the names of the sets with "+" between them. */
  readonly name: string;
  /** The sets that are joined, by name. */
  readonly sets: Sets;
  /** What chooses the set of each step. */
  readonly sampler: Sampler;
  /** Shapes of all inputs, one row each, by name. */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;

  /**
   * The sets as one source; see {@linkcode jointDataset}.
   * @throws {RangeError} When a set has no examples, or sets with an input or a task in common do not
   * agree on its shape or classes; names them.
   */
  constructor(sets: Sets, options: JointDatasetOptions = {}) {
    const entries = Object.entries(sets);
    for (const [name, set] of entries) {
      if (set.size === 0) throw new RangeError(`The set "${name}" has no examples; leave it out.`);
    }
    this.name = options.name ?? entries.map(([name]) => name).join(" + ");
    this.sets = sets;
    this.sampler = options.sampler ?? proportional();
    this.inputShapes = agreeingInputs(entries);
    checkTargetsAgree(entries);
    this.sampler.shares(this.#sampled(1));
  }

  /** Number of examples of all sets together. */
  get size(): number {
    return Object.values(this.sets).reduce((sum, set) => sum + set.size, 0);
  }

  /** The sets, as `fit` asks for them. */
  get datasets(): readonly MultiTaskDataset[] {
    return Object.values<MultiTaskDataset>(this.sets);
  }

  /** What decides the order of the batches, for the record of a run. */
  get configuration(): Readonly<Record<string, unknown>> {
    const sizes = Object.entries(this.sets).map(([name, set]) => [name, set.size]);
    return {
      sets: Object.fromEntries(sizes),
      sampler: { name: this.sampler.name, ...this.sampler.configuration },
    };
  }

  /** Batches of one epoch: as many as one pass through every set takes, whatever the sampler. */
  stepsPerEpoch(batchSize: number): number {
    return this.#sampled(batchSize).reduce((sum, { batches }) => sum + batches, 0);
  }

  /** The share of the steps that the sampler gives each set in the long run. */
  shares(batchSize: number): { readonly [Name in keyof Sets]: number } {
    const sampled = this.#sampled(batchSize);
    const shares = this.sampler.shares(sampled);
    const entries = sampled.map(({ name }, at) => [name, shares[at]]);
    return Object.fromEntries(entries) as { [Name in keyof Sets]: number };
  }

  /**
   * The batches of one epoch, each of one set; they belong to the receiver.
   *
   * With a seed the sampler chooses the set of every batch. A set is gone through in random order,
   * again in another order when it has more turns than batches. All of it follows from seed and
   * epoch. Without a seed every set is gone through once, in order, one after the other.
   */
  *batches(options: BatchOptions): Generator<JointBatch<Sets>, void, undefined> {
    const { batchSize, seed, epoch = 0 } = options;
    const names = Object.keys(this.sets) as (keyof Sets & string)[];
    if (seed === undefined) {
      for (const name of names) {
        for (const batch of this.sets[name].batches({ batchSize })) yield named(name, batch);
      }
      return;
    }
    const streams = names.map((name) => {
      const streamSeed = `${seed}/${name}/epoch ${epoch}`;
      return endless((pass) =>
        this.sets[name].batches({ batchSize, seed: streamSeed, epoch: pass })
      );
    });
    const turns = this.sampler.turns(this.#sampled(batchSize), {
      number: epoch,
      steps: this.stepsPerEpoch(batchSize),
      random: Random.stream(seed, `sets of epoch ${epoch}`),
    });
    for (const at of turns) yield named(names[at], streams[at].next().value);
  }

  /**
   * The examples that have a label for this task, each once an epoch.
   * @throws {RangeError} When no set has the task.
   */
  labelled(task: JointTarget<Sets>): BatchSource<string, JointTarget<Sets>> {
    const having = Object.entries(this.sets).filter(([, set]) => Object.hasOwn(set.targets, task));
    if (having.length === 0) {
      throw new RangeError(`No set of "${this.name}" has a target "${task}".`);
    }
    const parts = having.map(([name, set]) => [name, set.labelled(task)] as const);
    const filled = Object.fromEntries(parts.filter(([, part]) => part.size > 0));
    return new JointDataset(filled, { name: this.name });
  }

  #sampled(batchSize: number): SampledSet[] {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`batchSize must be a whole number from 1, but is ${batchSize}.`);
    }
    return Object.entries(this.sets).map(([name, { size }]) => ({
      name,
      size,
      batches: Math.ceil(size / batchSize),
    }));
  }
}

/**
 * Several data sets, with inputs and tasks of their own, as one source of batches.
 *
 * Every batch comes from one set and holds the inputs and targets of that set alone, with the masks
 * of that set. Sets may share inputs of the same shape and tasks with the same target.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const digits = data.strokeDigits({ train: 96, validation: 0, test: 32 }).train;
 * const joint = data.jointDataset(
 *   { many: digits.take(64), few: digits.subset([80, 81]).renameInput("image", "other image") },
 *   { sampler: data.samplers.roundRobin() },
 * );
 * const sets: string[] = [];
 * for (const batch of joint.batches({ batchSize: 32, seed: 7 })) {
 *   sets.push(batch.set);
 *   batch.dispose();
 * }
 * deepStrictEqual(sets, ["many", "few", "many"]);
 * ```
 *
 * @throws {RangeError} When there is no set, one is empty, an input of the same name has different
 * shapes, a task of the same name has different targets, or the sampler does not fit the sets.
 */
export function jointDataset<Sets extends DatasetsByName>(
  sets: Sets,
  options: JointDatasetOptions = {},
): JointDataset<Sets> {
  if (Object.keys(sets).length === 0) throw new RangeError("A joint data set needs a set.");
  return new JointDataset(sets, options);
}

function named<Sets extends DatasetsByName>(set: keyof Sets & string, batch: Batch) {
  return { ...batch, set } as JointBatch<Sets>;
}

/** Pass after pass without end. A pass has at least one item. */
function* endless<Item>(passAt: (pass: number) => Iterable<Item>): Generator<Item, never> {
  for (let pass = 0;; pass++) yield* passAt(pass);
}

/** Shapes of all inputs. */
function agreeingInputs(sets: readonly (readonly [string, MultiTaskDataset])[]) {
  const shapes: Record<string, readonly number[]> = {};
  const seenIn: Record<string, string> = {};
  for (const [name, set] of sets) {
    for (const [input, { shape }] of Object.entries(set.inputs)) {
      if (Object.hasOwn(shapes, input) && shapes[input].join() !== shape.join()) {
        throw new RangeError(
          `The input "${input}" is [${shapes[input]}] in the set "${
            seenIn[input]
          }", but [${shape}] in "${name}"; name them apart with renameInput.`,
        );
      }
      shapes[input] = shape;
      seenIn[input] = name;
    }
  }
  return shapes;
}

/** Refuses a task whose targets differ in shape, or in their class names where both have them. */
function checkTargetsAgree(sets: readonly (readonly [string, MultiTaskDataset])[]): void {
  const seen = new Map<string, { set: string; column: Column }[]>();
  for (const [set, { targets }] of sets) {
    for (const [task, column] of Object.entries(targets)) {
      const before = seen.get(task) ?? [];
      const other = before.find((each) => !agree(each.column, column));
      if (other) {
        throw new RangeError(
          `The target "${task}" is ${describe(other.column)} in the set "${other.set}", but ${
            describe(column)
          } in "${set}"; give it another name in one of them.`,
        );
      }
      seen.set(task, [...before, { set, column }]);
    }
  }
}

function agree(first: Column, second: Column): boolean {
  if (first.shape.join() !== second.shape.join()) return false;
  return !first.labels || !second.labels ||
    JSON.stringify(first.labels) === JSON.stringify(second.labels);
}

function describe({ shape, labels }: Column): string {
  return `[${shape}]${labels ? ` of ${labels.join(", ")}` : ""}`;
}
