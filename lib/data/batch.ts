import type * as tf from "@tensorflow/tfjs";
import type { MultiTaskDataset } from "./dataset.ts";

/** A few examples as tensors. Whoever gets a batch disposes it when done. */
export interface Batch<Input extends string = string, Target extends string = string> {
  /** Number of examples. */
  readonly size: number;
  /** Input tensors `[size, ...shape]` by name. */
  readonly inputs: Readonly<Record<Input, tf.Tensor>>;
  /**
   * Target tensors `[size, ...shape]` by task, 0 where a label is missing; a task none of whose
   * labels is here is absent.
   */
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
  /** What errors and records call it. */
  readonly name: string;
  /** Number of examples of one pass. */
  readonly size: number;
  /** Goes through the source once. Each batch belongs to the receiver, who disposes it. */
  batches(options: BatchOptions): Iterable<Batch<Input, Target>>;
  /** Batches of one pass. Default: `size / batchSize`, rounded up. */
  stepsPerEpoch?(batchSize: number): number;
  /** Shapes of the inputs, one row each. Default: those of the first batch. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Names of the classes, for tasks whose targets are indices of classes, where the source knows. */
  readonly targetLabels?: Readonly<Record<string, readonly string[]>>;
  /** Settings as JSON that decide the batches besides size and seed; recorded with a run. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /**
   * The data sets whose labels the batches hold, where they are in memory: `fit` checks them before
   * the first step. Default: labels are checked batch by batch, the first time that they are seen.
   */
  readonly datasets?: readonly MultiTaskDataset[];
  /** The examples that have a label for this task, where the source can tell. */
  labelled?(name: Target): BatchSource<Input, Target>;
}
