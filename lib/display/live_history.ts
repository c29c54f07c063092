import { figureDrawing, figureStyle } from "./chart.ts";
import type { MimeBundle } from "./displayable.ts";
import { type LossTrace, trainingFigure } from "./_curves.ts";
import { LiveOutput } from "./_live.ts";
import { element } from "./_markup.ts";
import { formatNumber } from "./_numbers.ts";
import { progressHtml, type ProgressState, progressText } from "./progress.ts";
import type { EpochRecord, History } from "../training/history.ts";
import type { TrainingObserver, TrainingPlan, TrainingStep } from "../training/observer.ts";

/** Most points of the training-loss curve; steps are averaged in groups to stay below. */
const mostPoints = 240;

/** Means of the step losses, in groups that grow so that their number stays bounded. */
class StepLosses {
  #groupSize = 1;
  #epoch: number[] = [];
  #losses: Record<string, number[]> = {};
  #open: { steps: number; epoch: number; sums: Record<string, [sum: number, count: number]> } = {
    steps: 0,
    epoch: 0,
    sums: {},
  };
  readonly #tasks: readonly string[];

  constructor(tasks: readonly string[]) {
    this.#tasks = tasks;
    for (const task of tasks) this.#losses[task] = [];
  }

  add(epoch: number, losses: Readonly<Record<string, number>>): void {
    this.#open.steps += 1;
    this.#open.epoch += epoch;
    for (const [task, loss] of Object.entries(losses)) {
      const entry = this.#open.sums[task] ??= [0, 0];
      entry[0] += loss;
      entry[1] += 1;
    }
    if (this.#open.steps >= this.#groupSize) this.#close();
  }

  #close(): void {
    const { steps, epoch, sums } = this.#open;
    this.#epoch.push(epoch / steps);
    for (const task of this.#tasks) {
      const [sum, count] = sums[task] ?? [0, 0];
      this.#losses[task].push(count > 0 ? sum / count : NaN);
    }
    this.#open = { steps: 0, epoch: 0, sums: {} };
    if (this.#epoch.length >= mostPoints) this.#halve();
  }

  /** Joins neighbours, so that there is room for as many again. */
  #halve(): void {
    const join = (values: readonly number[]) =>
      Array.from({ length: values.length >> 1 }, (_, i) => {
        const [a, b] = [values[2 * i], values[2 * i + 1]];
        return Number.isFinite(a) && Number.isFinite(b) ? (a + b) / 2 : Number.isFinite(a) ? a : b;
      });
    this.#epoch = join(this.#epoch);
    for (const task of this.#tasks) this.#losses[task] = join(this.#losses[task]);
    this.#groupSize *= 2;
  }

  /** The curve so far; tasks that were not in a group have its neighbours joined over it. */
  trace(): LossTrace {
    return { epoch: this.#epoch, losses: this.#losses };
  }
}

/** The last figures in a few words: `digit: loss 0.31, accuracy 0.93`. */
function lastFigures(record: EpochRecord): string {
  const figures = record.validation ?? record.train;
  return Object.entries(figures).map(([task, values]) => {
    const each = Object.entries(values).map(([name, value]) => `${name} ${formatNumber(value, 3)}`);
    return `${task} ${each.join(" ")}`;
  }).join("; ");
}

/** A training observer that shows a bar and curves; made by {@linkcode liveHistory}. */
export class LiveHistory implements TrainingObserver {
  readonly #output: LiveOutput;
  #plan: TrainingPlan = { tasks: [], epochs: 0, stepsPerEpoch: 0, stepsDone: 0 };
  #steps = new StepLosses([]);
  #epochs: EpochRecord[] = [];
  #step = 0;
  #note = "";

  /** Curves in the output of the cell that runs. */
  constructor(output: LiveOutput = new LiveOutput()) {
    this.#output = output;
  }

  /** Begins the display. */
  async start(plan: TrainingPlan): Promise<void> {
    this.#plan = plan;
    this.#step = plan.stepsDone;
    this.#steps = new StepLosses(plan.tasks);
    await this.#output.update(() => this.#bundle(false));
  }

  /** Shows the step, unless the last drawing was a moment ago. */
  step(step: TrainingStep): Promise<void> | undefined {
    this.#step = step.step;
    this.#steps.add(step.step / Math.max(1, this.#plan.stepsPerEpoch), step.losses);
    return this.#output.update(() => this.#bundle(false));
  }

  /** Draws the epoch. */
  async epoch(record: EpochRecord): Promise<void> {
    this.#epochs.push(record);
    this.#note = lastFigures(record);
    await this.#output.update(() => this.#bundle(false));
  }

  /** Draws all that was measured, once more and for good. */
  async end(history: History): Promise<void> {
    if (history.stopped !== "finished") {
      this.#note = [history.stopped, this.#note].filter(Boolean).join("; ");
    }
    await this.#output.finish(() => this.#bundle(true));
  }

  #state(finished: boolean): ProgressState {
    const { epochs, stepsPerEpoch, stepsDone } = this.#plan;
    const epoch = Math.min(epochs, Math.floor(this.#step / Math.max(1, stepsPerEpoch)) + 1);
    return {
      label: finished ? "training steps" : `epoch ${epoch} of ${epochs}, step`,
      // A run that goes on from a checkpoint did not do the earlier steps now.
      done: this.#step - stepsDone,
      total: epochs * stepsPerEpoch - stepsDone,
      elapsed: this.#output.elapsed,
      note: this.#note || undefined,
      finished,
    };
  }

  #bundle(finished: boolean): MimeBundle {
    const state = this.#state(finished);
    return {
      "text/html": element(
        "div",
        { class: "pt-output pt-figure" },
        // At the end the curves go: the history that `fit` returns shows them better.
        progressHtml(state) + (finished ? "" : this.#curves()),
      ),
      "text/plain": progressText(state),
    };
  }

  #curves(): string {
    if (this.#step === this.#plan.stepsDone) return "";
    const figure = trainingFigure("Training", this.#plan.tasks, this.#epochs, {
      trace: this.#steps.trace(),
      totalEpochs: this.#plan.epochs,
    });
    return figureStyle + figureDrawing(figure);
  }
}

/**
 * Watches training: a progress bar with the time left and the curves of every task, changing in
 * place while `fit` runs. In a notebook `fit` uses one by itself.
 *
 * @example
 * ```ts
 * import { liveHistory } from "polytask";
 * const observer = liveHistory();
 * // await fit(model, train, { epochs: 3, batchSize: 128, seed: 7, observer });
 * ```
 */
export function liveHistory(): LiveHistory {
  return new LiveHistory();
}
