import type { MultiTaskDataset } from "../data/dataset.ts";
import { rowSize } from "../data/column.ts";
import type { Task } from "../tasks/task.ts";
import { Random } from "../math/random.ts";
import { checkFinite, checkTask } from "./_check_tasks.ts";
import { featuresOf, groupOf, linearKind } from "./_dataset_columns.ts";
import { splitRows } from "./_folds.ts";
import { labelledRows, numbered, sharedRows } from "./_task_rows.ts";
import { asMatrix, type Matrix, takeRows } from "./_matrix.ts";

/** One linear task: its rows and what to predict for them. */
export interface LinearTask {
  /** Name of the task, unique in the data. */
  readonly name: string;
  /** What the targets are. */
  readonly kind: "regression" | "binary" | "classification";
  /** `[rows, features]`. Tasks that hold the same object share it, and fitting is then faster. */
  readonly inputs: Matrix;
  /** One number a row: a value, 0 or 1, or a class index from 0. */
  readonly targets: Float64Array;
  /** Number of classes of a classification. */
  readonly classes?: number;
  /** Names of the classes. */
  readonly labels?: readonly string[];
  /** Rows with the same number are never divided between the folds of a cross-validation. */
  readonly groups?: Int32Array;
}

/** What {@linkcode LinearData.of} takes for one task. */
export interface LinearTaskInput {
  /** Rows of equal length, or a {@linkcode Matrix}. */
  readonly inputs: ArrayLike<ArrayLike<number>> | Matrix;
  /** One number a row; `NaN` where it is missing. */
  readonly targets: ArrayLike<number>;
  /** Default `"regression"`. */
  readonly kind?: LinearTask["kind"];
  /** Number of classes; default: the largest target plus one. */
  readonly classes?: number;
  /** One number or text a row: rows that belong together. */
  readonly groups?: ArrayLike<number | string>;
}

/**
 * Tasks over the same features, each with rows of its own or all on shared rows.
 *
 * ```ts
 * import { linear } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const { LinearData } = linear;
 * const data = LinearData.of({
 *   north: { inputs: [[1, 0], [0, 1], [1, 1]], targets: [1, 2, 3] },
 *   south: { inputs: [[1, 2], [2, 1]], targets: [4, NaN] },
 * });
 * strictEqual(data.tasks[1].targets.length, 1); // the missing target is left out
 * ```
 */
export class LinearData {
  /** The tasks, in order. */
  readonly tasks: readonly LinearTask[];
  /** Names of the features. */
  readonly features: readonly string[];

  /**
   * Data from tasks over the same features. `features` are their names; default `x1`, `x2` and so on.
   * @throws {RangeError} When a task has no rows, a wrong width, or numbers that are not finite.
   */
  constructor(tasks: readonly LinearTask[], features?: readonly string[]) {
    if (tasks.length === 0) throw new RangeError("Linear data need at least one task.");
    const width = tasks[0].inputs.columns;
    this.features = features ?? Array.from({ length: width }, (_, j) => `x${j + 1}`);
    this.tasks = tasks;
    const seen = new Set<string>();
    const checked = new Set<Matrix>();
    for (const task of tasks) {
      if (seen.has(task.name)) throw new RangeError(`Two tasks are called "${task.name}".`);
      seen.add(task.name);
      checkTask(task, this.features.length);
      if (!checked.has(task.inputs)) checkFinite(task.inputs, task.name);
      checked.add(task.inputs);
    }
  }

  /** Data from plain arrays, a task a name. Rows without a target (`NaN`) are left out. */
  static of(
    tasks: Readonly<Record<string, LinearTaskInput>>,
    options: { readonly features?: readonly string[] } = {},
  ): LinearData {
    const share = sharedRows();
    const matrices = new Map<unknown, Matrix>();
    const made = Object.entries(tasks).map(([name, given]): LinearTask => {
      const { inputs, kind = "regression" } = given;
      const whole = matrices.get(inputs) ?? asMatrix(inputs);
      matrices.set(inputs, whole);
      if (given.targets.length !== whole.rows) {
        throw new RangeError(
          `Task "${name}" has ${whole.rows} rows of inputs and ${given.targets.length} targets.`,
        );
      }
      const kept = labelledRows(given.targets);
      const targets = Float64Array.from(kept, (row) => given.targets[row]);
      const members = given.groups ? numbered(given.groups) : undefined;
      return {
        name,
        kind,
        inputs: share(whole, kept),
        targets,
        classes: kind === "classification"
          ? given.classes ?? targets.reduce((top, value) => Math.max(top, value + 1), 0)
          : undefined,
        groups: members && Int32Array.from(kept, (row) => members[row]),
      };
    });
    return new LinearData(made, options.features);
  }

  /**
   * Several targets of one data set as linear tasks on shared inputs. All input columns are laid side
   * by side as features; missing labels are left out task by task. A regression with several outputs
   * and a multi-label task become one linear task an output.
   *
   * @param options.group Group of the data set whose members a cross-validation keeps together;
   *   default: every example is its own group, so that its targets are never divided.
   */
  static fromDataset(
    dataset: MultiTaskDataset,
    tasks: readonly Task[],
    options: { readonly inputs?: readonly string[]; readonly group?: string } = {},
  ): LinearData {
    const { inputs, features } = featuresOf(dataset, options.inputs);
    const groups = options.group === undefined
      ? Int32Array.from({ length: dataset.size }, (_, row) => row)
      : numbered(groupOf(dataset, options.group));
    const share = sharedRows();
    const made = tasks.flatMap((task) => {
      const kind = linearKind(task);
      const { values, mask } = dataset.target(task.name);
      const outputs = rowSize(task.targetShape);
      return Array.from({ length: outputs }, (_, output): LinearTask => {
        const column = Float64Array.from(
          { length: dataset.size },
          (_, row) => mask && !mask[row] ? NaN : values[row * outputs + output],
        );
        const kept = labelledRows(column);
        const suffix = task.labels?.[output] ?? String(output);
        return {
          name: outputs === 1 ? task.name : `${task.name}: ${suffix}`,
          kind,
          inputs: share(inputs, kept),
          targets: Float64Array.from(kept, (row) => column[row]),
          classes: task.kind === "classification" ? task.outputShape[0] : undefined,
          labels: task.kind === "classification" ? task.labels : undefined,
          groups: Int32Array.from(kept, (row) => groups[row]),
        };
      });
    });
    return new LinearData(made, features);
  }

  /**
   * One linear task for each member of a group (each school, each patient), all predicting `task`.
   *
   * @param options.group Another group of the data set (the class within the school) whose members a
   *   cross-validation keeps together; default: examples are dealt out one by one.
   */
  static byGroup(
    dataset: MultiTaskDataset,
    task: Task,
    group: string,
    options: { readonly inputs?: readonly string[]; readonly group?: string } = {},
  ): LinearData {
    if (rowSize(task.targetShape) !== 1 || task.kind === "multi-label") {
      throw new RangeError(`byGroup needs a task of one number a row, not "${task.name}".`);
    }
    const members = groupOf(dataset, group);
    const rowsOf = new Map<string, number[]>();
    const { mask } = dataset.target(task.name);
    for (let row = 0; row < members.length; row++) {
      if (mask && !mask[row]) continue;
      const name = String(members[row]);
      const rows = rowsOf.get(name);
      if (rows) rows.push(row);
      else rowsOf.set(name, [row]);
    }
    const { inputs, features } = featuresOf(dataset, options.inputs);
    const { values } = dataset.target(task.name);
    const kept = options.group === undefined
      ? undefined
      : numbered(groupOf(dataset, options.group));
    const made = [...rowsOf].map(([name, rows]): LinearTask => ({
      name,
      kind: linearKind(task),
      inputs: takeRows(inputs, rows),
      targets: Float64Array.from(rows, (row) => values[row]),
      classes: task.kind === "classification" ? task.outputShape[0] : undefined,
      labels: task.kind === "classification" ? task.labels : undefined,
      groups: kept && Int32Array.from(rows, (row) => kept[row]),
    }));
    return new LinearData(made, features);
  }

  /** Rows of all tasks together. */
  get size(): number {
    return this.tasks.reduce((sum, task) => sum + task.targets.length, 0);
  }

  /** The rows of each task at `rows[k]`, in the order of the tasks; a task without any is left out. */
  subset(rows: readonly ArrayLike<number>[]): LinearData {
    const share = sharedRows();
    const tasks = this.tasks.flatMap((task, k): LinearTask[] =>
      rows[k].length === 0 ? [] : [{
        ...task,
        inputs: share(task.inputs, rows[k]),
        targets: Float64Array.from(rows[k], (row) => task.targets[row]),
        groups: task.groups && Int32Array.from(rows[k], (row) => task.groups![row]),
      }]
    );
    return new LinearData(tasks, this.features);
  }

  /**
   * Two parts: of every task a share of the rows, chosen at random, and the rest. Rows that belong
   * together (see {@linkcode LinearTask.groups}) stay together.
   *
   * @param share Above 0 and below 1; rounded, but every task has at least one row in the first part.
   */
  split(share: number, seed: number | string): { first: LinearData; rest: LinearData } {
    if (!(share > 0 && share < 1)) {
      throw new RangeError(`The share must be above 0 and below 1, but is ${share}.`);
    }
    const parts = splitRows(this.tasks, share, Random.stream(seed, "linear split"));
    return {
      first: this.subset(parts.map((part) => part.first)),
      rest: this.subset(parts.map((part) => part.rest)),
    };
  }

  /** The same data with features at mean 0 and deviation 1 as measured on all rows of `reference`. */
  standardised(reference: LinearData = this): LinearData {
    const width = this.features.length;
    const means = new Float64Array(width), squares = new Float64Array(width);
    const rows = reference.size;
    const each = (visit: (value: number, feature: number) => void) => {
      for (const { inputs } of reference.tasks) {
        for (let i = 0; i < inputs.values.length; i++) visit(inputs.values[i], i % width);
      }
    };
    each((value, j) => means[j] += value / rows);
    each((value, j) => squares[j] += (value - means[j]) ** 2 / rows);
    // A feature that never changes is left at zero.
    const scale = squares.map((square, j) =>
      square > 1e-24 * means[j] ** 2 && square > 0 ? 1 / Math.sqrt(square) : 0
    );
    return this.mapInputs(({ values, ...shape }) => ({
      ...shape,
      values: values.map((value, i) => (value - means[i % width]) * scale[i % width]),
    }));
  }

  /** The same rows with every matrix of inputs replaced; shared ones stay shared. */
  mapInputs(change: (inputs: Matrix) => Matrix, features?: readonly string[]): LinearData {
    const changed = new Map<Matrix, Matrix>();
    const tasks = this.tasks.map((task) => {
      const inputs = changed.get(task.inputs) ?? change(task.inputs);
      changed.set(task.inputs, inputs);
      return { ...task, inputs };
    });
    return new LinearData(tasks, features ?? this.features);
  }

  /**
   * The same data with a last feature that is always 1: with `intercept: false`, an intercept that
   * the penalty sees.
   */
  withConstant(): LinearData {
    return this.mapInputs(({ rows, columns, values }) => {
      const wider = new Float64Array(rows * (columns + 1)).fill(1);
      for (let row = 0; row < rows; row++) {
        wider.set(values.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
      }
      return { rows, columns: columns + 1, values: wider };
    }, [...this.features, "constant"]);
  }
}
