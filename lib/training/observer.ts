import type { EpochRecord, History } from "./history.ts";

/** What an observer is told when training starts. */
export interface TrainingPlan {
  /** Names of the tasks, in the order of the model. */
  readonly tasks: readonly string[];
  /** Epochs that the run is to have. */
  readonly epochs: number;
  /** Updates in an epoch. */
  readonly stepsPerEpoch: number;
  /** Updates already made, when the run goes on from a checkpoint. */
  readonly stepsDone: number;
}

/** Where training stands after a step. */
export interface TrainingStep {
  /** From 1. */
  readonly epoch: number;
  /** Updates made so far, from 1. */
  readonly step: number;
  /** Updates that the whole run will make. */
  readonly totalSteps: number;
  /** Mean loss of each task present in the batch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Seconds since the start of the run. */
  readonly seconds: number;
}

/** Someone who watches training: a progress bar, live curves, a log. */
export interface TrainingObserver {
  /** Called before the first step. */
  start?(plan: TrainingPlan): void | Promise<void>;
  /** Called after every step. */
  step?(step: TrainingStep): void | Promise<void>;
  /** Called after every epoch. */
  epoch?(record: EpochRecord): void | Promise<void>;
  /** Always called last, also when training was interrupted; not when it failed. */
  end?(history: History): void | Promise<void>;
}

let makeDefault: () => TrainingObserver | undefined = () => undefined;

/** Sets who watches when `fit` is not told. The display room sets its live curves here. */
export function setDefaultObserver(make: () => TrainingObserver | undefined): void {
  makeDefault = make;
}

/** A new observer of the default kind. */
export function defaultObserver(): TrainingObserver | undefined {
  return makeDefault();
}
