import type * as tf from "@tensorflow/tfjs";
import type { HeadPlan } from "./head.ts";

/** Numbers that came back from a tensor, for one batch of one task. */
export interface MetricBatch {
  /** Raw outputs of the task's head (logits for classification), row-major `[rows, ...outputShape]`. */
  readonly output: ArrayLike<number>;
  /** Targets, row-major `[rows, ...targetShape]`. */
  readonly target: ArrayLike<number>;
  /** 1 where the row has a label, 0 where it is missing; `undefined` when all rows have one. */
  readonly mask?: ArrayLike<number>;
  /** Number of rows. */
  readonly rows: number;
}

/** Adds up a figure of merit over batches. */
export interface MetricAccumulator {
  /** Adds the labelled rows of a batch. */
  update(batch: MetricBatch): void;
  /** The figure over all rows seen; `NaN` when no row had a label. */
  result(): number;
}

/** A figure of merit of a task, computed over a whole data set, not averaged over batches. */
export interface Metric<Name extends string = string> {
  /** Name of the figure: `"accuracy"`. */
  readonly name: Name;
  /** Whether a larger figure is a better one. */
  readonly higherIsBetter: boolean;
  /** Begins to add up, from nothing. */
  start(): MetricAccumulator;
}

/** What kind of thing a task predicts. */
export type TaskKind =
  | "classification"
  | "binary"
  | "regression"
  | "multi-label"
  | "ordinal"
  | "tagging"
  | "ctc"
  | "segmentation"
  | "depth"
  | "box";

/**
 * One thing to predict: its name, the shape and range of its targets, its loss, its metrics and
 * the head that a model gives it. Make one with {@linkcode classification}, {@linkcode binary},
 * {@linkcode regression}, {@linkcode multiLabel}, {@linkcode ordinal}, {@linkcode tagging},
 * {@linkcode ctc}, {@linkcode segmentation}, {@linkcode depth} or {@linkcode box}.
 */
export interface Task<Name extends string = string, MetricName extends string = string> {
  /** Name of the task, unique in a model; the name of its targets in the data. */
  readonly name: Name;
  /** What kind of thing it predicts. */
  readonly kind: TaskKind;
  /** Type of the targets: class indices are `int32`, everything else `float32`. */
  readonly targetType: "int32" | "float32";
  /**
   * Shape of one target, without the batch: `[]` for a class index or one number. A side that the
   * data decide, such as the number of time steps, is -1.
   */
  readonly targetShape: readonly number[];
  /**
   * Shape of one output of the head, without the batch: `[classes]` for classification. A side that
   * follows from the features, such as the number of time steps, is -1.
   */
  readonly outputShape: readonly number[];
  /** What the model's head for this task does. Default: a linear layer to `outputShape`. */
  readonly head?: HeadPlan;
  /** Names of the classes or labels, for displays. */
  readonly labels?: readonly string[];
  /** Units of the hidden layers of the task's head; empty: one linear layer. */
  readonly hidden: readonly number[];
  /**
   * Loss of every row, `[batch]`. Differentiable in `output` (`[batch, ...outputShape]`).
   * Keeps its arguments; the caller owns the result.
   */
  rowLosses(output: tf.Tensor, target: tf.Tensor): tf.Tensor1D;
  /** The figures of merit that `evaluate` gives. */
  readonly metrics: readonly Metric<MetricName>[];
  /** One sentence when `target` values cannot be right for this task, else `undefined`. */
  checkTarget(values: ArrayLike<number>, shape: readonly number[]): string | undefined;
  /** Settings that make this task again, for a saved model. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** The names of a list of tasks. */
export type TaskName<Tasks extends readonly Task[]> = Tasks[number]["name"];
