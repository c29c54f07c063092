import type { EpochRecord, History } from "./history.ts";

/** What an observer is told when training starts. */
export interface TrainingPlan {
  readonly tasks: readonly string[];
  readonly epochs: number;
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
  readonly totalSteps: number;
  /** Mean loss of each task present in the batch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Seconds since the start of the run. */
  readonly seconds: number;
}

/** Someone who watches training: a progress bar, live curves, a log. */
export interface TrainingObserver {
  start?(plan: TrainingPlan): void | Promise<void>;
  step?(step: TrainingStep): void | Promise<void>;
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
