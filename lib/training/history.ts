import { withNotANumber } from "./_json.ts";

/** Figures of one task: `loss` and the task's metrics. */
export type TaskFigures = Readonly<Record<string, number>>;

/** What was measured in one epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Updates made since the start of the run. */
  readonly step: number;
  /** Seconds since the start of the run. */
  readonly seconds: number;
  /** Learning rate of the last update. */
  readonly learningRate: number;
  /** Mean training loss of each task over the labelled examples of the epoch, while it trained. */
  readonly train: Readonly<Record<string, TaskFigures>>;
  /** Loss and metrics on the validation data, after the epoch. */
  readonly validation?: Readonly<Record<string, TaskFigures>>;
}

/** What was measured in one step. */
export interface StepRecord {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Mean loss of each task present in the batch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Weight that the balancer gave to each task present. */
  readonly weights?: Readonly<Record<string, number>>;
  /** What the balancer had to say, and whether `clipNorm` shortened the gradient. */
  readonly notes?: readonly string[];
  /**
   * Inner products of the gradients of the tasks present, `[K][K]`, in the order of the model, in
   * the steps in which `gramianEvery` asked for them.
   */
  readonly gramian?: readonly (readonly number[])[];
}

/** Everything that is needed to make a run again. */
export interface Run {
  /** Seed of the order of the data, of random masks, and of the first weights. */
  readonly seed: number | string;
  /** All settings of the run: model, optimizer, schedule, balancer, batches. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Versions of polytask, TensorFlow.js and the runtime. */
  readonly versions: Readonly<Record<string, string>>;
  /** Name of the TensorFlow.js backend. */
  readonly backend: string;
  /** ISO time. */
  readonly startedAt: string;
}

/** Why training ended. */
export type StopReason = "finished" | "early stopping" | "interrupted" | "not a number";

/** The parts of a {@linkcode History}. */
export type HistoryData = Pick<
  History,
  "run" | "tasks" | "epochs" | "steps" | "stopped" | "bestEpoch"
>;

/** All that was measured while a model was trained. A notebook shows it as curves. */
export class History {
  /** What is needed to make the run again. */
  readonly run: Run;
  /** Names of the tasks, in the order of the model. */
  readonly tasks: readonly string[];
  /** What was measured in every finished epoch. */
  readonly epochs: readonly EpochRecord[];
  /** What was measured in every step. */
  readonly steps: readonly StepRecord[];
  /** Why training ended. */
  readonly stopped: StopReason;
  /**
   * The epoch with the best validation figure, where early stopping watched. The model has its
   * weights, unless training was interrupted or `restoreBest` was off.
   */
  readonly bestEpoch?: number;

  /** A history of what was measured; `fit` makes it. */
  constructor(data: HistoryData) {
    this.run = data.run;
    this.tasks = data.tasks;
    this.epochs = data.epochs;
    this.steps = data.steps;
    this.stopped = data.stopped;
    this.bestEpoch = data.bestEpoch;
  }

  /** The last epoch's record; `undefined` when no epoch was finished. */
  get last(): EpochRecord | undefined {
    return this.epochs[this.epochs.length - 1];
  }

  /** A plain object for `JSON.stringify`; {@linkcode fromJSON} reads it back. */
  toJSON(): HistoryData & { readonly format: "polytask history"; readonly version: 1 } {
    const { run, tasks, epochs, steps, stopped, bestEpoch } = this;
    return {
      format: "polytask history",
      version: 1,
      run,
      tasks,
      epochs,
      steps,
      stopped,
      bestEpoch,
    };
  }

  /**
   * The history that {@linkcode toJSON} wrote.
   * @throws {Error} When the value is something else.
   */
  static fromJSON(value: unknown): History {
    const data = value as Partial<ReturnType<History["toJSON"]>> | null;
    if (data?.format !== "polytask history" || data.version !== 1) {
      throw new Error("This is not a history that polytask saved (format or version differ).");
    }
    const { epochs, steps, ...rest } = data as HistoryData;
    return new History({ ...rest, epochs: withNotANumber(epochs), steps: withNotANumber(steps) });
  }
}
