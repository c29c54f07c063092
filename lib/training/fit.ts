import type { Balancer, GradientSource } from "../balancing/mod.ts";
import type { BatchSource } from "../data/dataset.ts";
import { checkSource } from "../models/check_source.ts";
import { ensureBackend } from "../models/ensure_backend.ts";
import type { HasTargets, MultiTaskModel } from "../models/mod.ts";
import type { Task, TaskName } from "../tasks/mod.ts";
import type { Batching } from "./_batches.ts";
import { checkBatches, checkData, checkSameInputs, inputShapesOf } from "./_check_data.ts";
import { checkMade, checkNames } from "./_check_options.ts";
import { runRecord } from "./_run_record.ts";
import { Trainer } from "./_trainer.ts";
import type { EarlyStopping } from "./early_stopping.ts";
import type { History } from "./history.ts";
import { defaultObserver, type TrainingObserver } from "./observer.ts";
import { adam, type Optimizer } from "./optimizers/mod.ts";
import { constant, type Schedule } from "./schedules.ts";

/** Settings of {@linkcode fit}. */
export interface FitOptions {
  /** Data to measure after each epoch; early stopping looks at these alone. */
  readonly validation?: BatchSource;
  /** Passes over the training data, from 1. Default 10. */
  readonly epochs?: number;
  /** Examples a step, from 1. Default 128. */
  readonly batchSize?: number;
  /** Seed of the order of the data, of random masks, and of the first weights. Default 0. */
  readonly seed?: number | string;
  /** Default `optimizers.adam()`. */
  readonly optimizer?: Optimizer;
  /** Default: the optimizer's learning rate throughout. */
  readonly schedule?: Schedule;
  /** How the losses become one update. Default: their sum, each with weight 1. */
  readonly balancer?: Balancer;
  /**
   * Record the inner products of the task gradients every so many steps, from the first, to see
   * conflicts. With a balancer that does not need them such a step costs one backward pass a task.
   * Default: never.
   */
  readonly gramianEvery?: number;
  /**
   * Which gradients `gramianEvery` compares with loss balancers: those of all shared variables, of
   * the last shared layer, or of the representation that the heads read. The last two cost little
   * more than a plain step, whatever the number of tasks. Default: the representation, where the
   * model has a single one, else `"shared"`. Other methods record the gradients that they use.
   */
  readonly gramianOn?: GradientSource;
  /** Default `"joint"`. */
  readonly batching?: Batching;
  /**
   * Scale the gradient of all variables together down to this norm; a note in the history says when.
   * Default: never.
   */
  readonly clipNorm?: number;
  /** Default: train all epochs. Needs `validation`. */
  readonly earlyStopping?: EarlyStopping;
  /** Save a checkpoint into `folder` after every `every` epochs (default 1) and when stopped. */
  readonly checkpoint?: { readonly folder: string; readonly every?: number };
  /** Folder of a checkpoint to go on from, exactly as if training had never stopped. */
  readonly resume?: string;
  /** Who watches. Default: live curves in a notebook, a progress line in a terminal; `false`: nobody. */
  readonly observer?: TrainingObserver | false;
  /** Ends training at the next step, as an interrupt does. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a model on all its tasks and returns what was measured.
 *
 * Labels may be missing: the loss of a task is the mean over its labelled examples of the batch,
 * and a task without any in a batch neither adds to the loss nor changes its own variables.
 * An interrupt (Ctrl+C, the stop button) ends training at the next step; the model keeps its
 * weights and the history what was measured. Where no backend was chosen, `useBackend` chooses one.
 *
 * ```ts
 * import { classification, encoders, fit, hardSharing, MultiTaskDataset, Random } from "polytask";
 *
 * const random = new Random(1);
 * const points = Float32Array.from({ length: 400 }, () => random.normal());
 * const row = (at: number) => points.subarray(2 * at, 2 * at + 2);
 * const train = MultiTaskDataset.from({
 *   inputs: { point: { values: points, shape: [2] } },
 *   targets: {
 *     right: { values: Int32Array.from({ length: 200 }, (_, at) => +(row(at)[0] > 0)), shape: [] },
 *     above: { values: Int32Array.from({ length: 200 }, (_, at) => +(row(at)[1] > 0)), shape: [] },
 *   },
 * });
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [16] }),
 *   tasks: [classification("right", { classes: 2 }), classification("above", { classes: 2 })],
 * });
 * const history = await fit(model, train, { epochs: 3, batchSize: 32, seed: 7, observer: false });
 * console.log(history.last?.train.right.loss);
 * model.dispose();
 * ```
 *
 * @throws {TypeError} When an option has a name that is not there or is a function that was to be
 * called, or the data are no data set; says what is likely meant.
 * @throws {RangeError} When settings, data and model do not fit; before the first step. Labels that
 * come batch by batch, from a file, are looked at in the first epoch, each before it is used.
 * @throws {TrainingError} When a loss stops being a number: names task, step, epoch and batch, leaves
 * the weights as they were before that step, and holds the history until there.
 */
export async function fit<Tasks extends readonly Task[], Target extends string>(
  model: MultiTaskModel<Tasks>,
  train: BatchSource<string, Target> & HasTargets<TaskName<Tasks>, Target>,
  options: FitOptions = {},
): Promise<History> {
  checkSource("The training data", "train", train);
  const settings = resolve(options);
  await ensureBackend();
  checkData(model, train, "training");
  const inputs = inputShapesOf(train);
  if (settings.validation) {
    checkData(model, settings.validation, "validation");
    checkSameInputs(inputs, settings.validation);
    await checkBatches(model, settings.validation, "validation", settings.batchSize);
  }
  model.build({ inputs, seed: settings.seed });
  const observer = settings.observer === false ? undefined : settings.observer ?? defaultObserver();
  const trainer = new Trainer(model, train, settings, runRecord(model, train, settings), observer);
  try {
    return await trainer.run();
  } finally {
    trainer.dispose();
  }
}

/** Settings with their defaults filled in. */
export type FitSettings =
  & FitOptions
  & Required<
    Pick<FitOptions, "epochs" | "batchSize" | "seed" | "optimizer" | "schedule" | "batching">
  >;

/** All options; the compiler asks for a new one here. */
const KNOWN: Readonly<Record<keyof FitOptions, true>> = {
  validation: true,
  epochs: true,
  batchSize: true,
  seed: true,
  optimizer: true,
  schedule: true,
  balancer: true,
  gramianEvery: true,
  gramianOn: true,
  batching: true,
  clipNorm: true,
  earlyStopping: true,
  checkpoint: true,
  resume: true,
  observer: true,
  signal: true,
};

function resolve(options: FitOptions): FitSettings {
  checkNames(options, Object.keys(KNOWN));
  checkMade("optimizer", options.optimizer, "optimizers.adam()");
  checkMade("schedule", options.schedule, "schedules.cosine()");
  checkMade("balancer", options.balancer, "cagrad()");
  if (options.validation) checkSource("The validation data", "validation", options.validation);
  const settings = {
    ...options,
    epochs: options.epochs ?? 10,
    batchSize: options.batchSize ?? 128,
    seed: options.seed ?? 0,
    optimizer: options.optimizer ?? adam(),
    schedule: options.schedule ?? constant(),
    batching: options.batching ?? "joint",
  };
  const { epochs, batchSize, gramianEvery, checkpoint, earlyStopping } = settings;
  const counts = {
    epochs,
    batchSize,
    gramianEvery,
    "checkpoint.every": checkpoint?.every,
    "earlyStopping.patience": earlyStopping?.patience,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number from 1, but is ${value}.`);
    }
  }
  if (settings.earlyStopping && !settings.validation) {
    throw new RangeError(
      "earlyStopping needs validation data: give fit the option `validation`. The test data are for the end.",
    );
  }
  if (settings.clipNorm !== undefined && !(settings.clipNorm > 0)) {
    throw new RangeError(`clipNorm must be above 0, but is ${settings.clipNorm}.`);
  }
  return settings;
}
