import type { LinearData, LinearTask } from "./data.ts";
import { asMatrix, type Matrix, multiplyTransposed, sumOfParts } from "./_matrix.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type Loss, lossFrom } from "./losses.ts";
import type { SolverReport } from "./solver.ts";

/** A task as a fitted model knows it. */
export interface LinearModelTask {
  /** Name of the task. */
  readonly name: string;
  /** What its targets are. */
  readonly kind: LinearTask["kind"];
  /** Number of classes of a classification. */
  readonly classes?: number;
  /** Names of the classes. */
  readonly labels?: readonly string[];
  /** The loss that it was fitted to. */
  readonly loss: Loss;
}

/** What {@linkcode LinearModel} is made of. */
export interface LinearModelParts {
  /** The tasks, in the order of the data. */
  readonly tasks: readonly LinearModelTask[];
  /** Names of the features. */
  readonly features: readonly string[];
  /** The matrices that add up to `W`, one after the other, each `[columns, features]`. */
  readonly parts: Float64Array;
  /** `[columns]`. */
  readonly intercepts: Float64Array;
  /** The penalty's settings. */
  readonly penalty: Readonly<Record<string, unknown>>;
  /** How the solver ended. */
  readonly report: SolverReport;
}

/** A fitted linear model of several tasks: scores `x W + c`. */
export class LinearModel {
  /** The tasks, in the order of the data. */
  readonly tasks: readonly LinearModelTask[];
  /** Names of the features. */
  readonly features: readonly string[];
  /** Where each task's columns lie. */
  readonly layout: Layout;
  /** `Wᵀ`, `[columns, features]` row by row: a row of coefficients for each task (or class). */
  readonly coefficients: Float64Array;
  /** The matrices that add up to {@linkcode coefficients}, for penalties that split them. */
  readonly parts: readonly Float64Array[];
  /** One for each column. */
  readonly intercepts: Float64Array;
  /** Settings of the penalty it was fitted with. */
  readonly penalty: Readonly<Record<string, unknown>>;
  /** How the solver ended. */
  readonly report: SolverReport;

  /** @internal Made by `linear.fit`. */
  constructor(parts: LinearModelParts) {
    this.tasks = parts.tasks;
    this.features = parts.features;
    this.layout = layoutOf(
      parts.features.length,
      parts.tasks.map((task) => task.name),
      parts.tasks.map((task) => task.loss.targets === "class" ? task.classes! : 1),
    );
    const size = this.layout.columns * this.layout.features;
    const count = parts.parts.length / size;
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `A model of ${this.layout.columns} columns and ${this.layout.features} features needs ` +
          `${size} coefficients (or a multiple), not ${parts.parts.length}.`,
      );
    }
    this.parts = Array.from(
      { length: count },
      (_, part) => parts.parts.slice(part * size, (part + 1) * size),
    );
    this.coefficients = sumOfParts(parts.parts, count, size).slice();
    this.intercepts = parts.intercepts;
    this.penalty = parts.penalty;
    this.report = parts.report;
  }

  /** A task's coefficients: `[features]`, or `[classes * features]` for a classification. */
  coefficientsOf(task: string): Float64Array {
    const { features, offsets } = this.layout;
    const k = this.#place(task);
    return this.coefficients.slice(offsets[k] * features, offsets[k + 1] * features);
  }

  /** Scores of a task, `[rows, width]` row by row; width 1, or one a class. */
  scores(task: string, inputs: Matrix | ArrayLike<ArrayLike<number>>): Float64Array {
    const x = asMatrix(inputs);
    const { features, offsets } = this.layout;
    if (x.columns !== features && x.rows > 0) {
      throw new RangeError(
        `The model knows ${features} features, but the inputs have ${x.columns}.`,
      );
    }
    const k = this.#place(task);
    const width = offsets[k + 1] - offsets[k];
    const out = new Float64Array(x.rows * width);
    const own = this.coefficients.subarray(offsets[k] * features, offsets[k + 1] * features);
    multiplyTransposed(x.values, own, out, x.rows, width, features);
    for (let i = 0; i < out.length; i++) out[i] += this.intercepts[offsets[k] + i % width];
    return out;
  }

  /** Predictions of a task: the number, 0 or 1, or the class index of every row. */
  predict(task: string, inputs: Matrix | ArrayLike<ArrayLike<number>>): Float64Array {
    const scores = this.scores(task, inputs);
    const { kind, loss, classes = 1 } = this.tasks[this.#place(task)];
    if (kind === "regression") return scores;
    if (kind === "binary") {
      const threshold = loss.targets === "binary" ? 0 : 0.5;
      return scores.map((score) => score > threshold ? 1 : 0);
    }
    return Float64Array.from({ length: scores.length / classes }, (_, row) => {
      let best = 0;
      for (let c = 1; c < classes; c++) {
        if (scores[row * classes + c] > scores[row * classes + best]) best = c;
      }
      return best;
    });
  }

  /** Predictions for the rows of every task of `data`, by task. */
  predictAll(data: LinearData): Record<string, Float64Array> {
    return Object.fromEntries(
      data.tasks.map((task) => [task.name, this.predict(task.name, task.inputs)]),
    );
  }

  /** Features with a coefficient above `threshold` in size (default 0) in any column. */
  support(threshold = 0): number[] {
    const { features } = this.layout;
    const used = new Uint8Array(features);
    this.coefficients.forEach((value, i) => {
      if (Math.abs(value) > threshold) used[i % features] = 1;
    });
    return [...used.keys()].filter((feature) => used[feature]);
  }

  /** The model as plain JSON. */
  toJSON(): Record<string, unknown> {
    return {
      format: "polytask linear model",
      version: 1,
      features: this.features,
      tasks: this.tasks.map(({ loss, ...task }) => ({ ...task, loss: loss.configuration })),
      parts: this.parts.map((part) => [...part]),
      intercepts: [...this.intercepts],
      penalty: this.penalty,
      report: this.report,
    };
  }

  /**
   * The model that `toJSON` wrote.
   * @throws {RangeError} When `saved` is no such thing; says what is wrong.
   */
  static fromJSON(saved: unknown): LinearModel {
    const json = (typeof saved === "string" ? JSON.parse(saved) : saved) as {
      format?: string;
      version?: number;
      features: string[];
      tasks: (Omit<LinearModelTask, "loss"> & { loss: Record<string, number | string> })[];
      parts: number[][];
      intercepts: number[];
      penalty: Record<string, unknown>;
      report: SolverReport;
    };
    if (json?.format !== "polytask linear model" || json.version !== 1) {
      throw new RangeError(
        `This is no saved linear model: expected format "polytask linear model" version 1, found ` +
          `"${json?.format}" version ${json?.version}.`,
      );
    }
    const numbers = [...json.parts.flat(), ...json.intercepts];
    if (!numbers.every((value) => typeof value === "number" && Number.isFinite(value))) {
      throw new RangeError(
        "The saved linear model holds coefficients that are not finite numbers.",
      );
    }
    return new LinearModel({
      ...json,
      tasks: json.tasks.map((task) => ({ ...task, loss: lossFrom(task.loss) })),
      parts: Float64Array.from(json.parts.flat()),
      intercepts: Float64Array.from(json.intercepts),
    });
  }

  #place(task: string): number {
    const place = this.layout.tasks.indexOf(task);
    if (place < 0) {
      throw new RangeError(
        `The model has no task "${task}"; it has: ${this.layout.tasks.slice(0, 10).join(", ")}.`,
      );
    }
    return place;
  }
}
