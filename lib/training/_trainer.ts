import * as tf from "@tensorflow/tfjs";
import { type Balancer, equalWeights } from "../balancing/mod.ts";
import type { Batch, BatchSource } from "../data/dataset.ts";
import { Random } from "../math/random.ts";
import { checkBatch } from "../models/check_labels.ts";
import type { Evaluation, MultiTaskModel } from "../models/mod.ts";
import type { Task } from "../tasks/mod.ts";
import { epochBatches, stepsPerEpoch } from "./_batches.ts";
import { BestEpoch } from "./_best_epoch.ts";
import { showsLabels } from "./_check_data.ts";
import { clipByGlobalNorm } from "./_clip.ts";
import { MeanLosses } from "./_mean_losses.ts";
import { NotANumber, refuseLosses, refuseWeights } from "./_not_a_number.ts";
import { computeStep } from "./_step.ts";
import { type Progress, readCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { FitSettings } from "./fit.ts";
import {
  type EpochRecord,
  History,
  type Run,
  type StepRecord,
  type StopReason,
} from "./history.ts";
import { Breather, InterruptWatch } from "./interrupt.ts";
import type { TrainingObserver } from "./observer.ts";
import type { RunningOptimizer } from "./optimizers/mod.ts";
import { TrainingError } from "./training_error.ts";

/** One call of `fit` at work: the loop over epochs and steps, and all its state. */
export class Trainer {
  readonly #optimizer: RunningOptimizer;
  readonly #balancer: Balancer;
  readonly #best: BestEpoch;
  readonly #means: MeanLosses;
  readonly #epochs: EpochRecord[] = [];
  readonly #steps: StepRecord[] = [];
  readonly #breather = new Breather();
  readonly #stepsPerEpoch: number;
  /** Whether the labels of every batch still to come were seen before. */
  #labelsChecked: boolean;
  #random: Random;
  /** Epoch under way, from 0, and batches of it already seen. */
  #epoch = 0;
  #batch = 0;
  /** Updates made. */
  #step = 0;
  #learningRate = 0;
  #startedAt = performance.now();

  constructor(
    readonly model: MultiTaskModel<readonly Task[]>,
    readonly train: BatchSource,
    readonly settings: FitSettings,
    readonly runRecord: Run,
    readonly observer: TrainingObserver | undefined,
  ) {
    this.#balancer = settings.balancer ?? equalWeights();
    this.#optimizer = settings.optimizer.start(model.namedVariables());
    this.#best = new BestEpoch(model, settings.earlyStopping);
    this.#means = new MeanLosses(model.taskNames);
    this.#labelsChecked = showsLabels(train);
    this.#random = Random.stream(settings.seed, "masks");
    this.#stepsPerEpoch = stepsPerEpoch(
      train,
      model.taskNames,
      settings.batching,
      settings.batchSize,
    );
  }

  async run(): Promise<History> {
    const { settings } = this;
    this.#balancer.reset?.(this.model.taskNames);
    if (settings.resume !== undefined) await this.#resume(settings.resume);
    await this.observer?.start?.({
      tasks: this.model.taskNames,
      epochs: settings.epochs,
      stepsPerEpoch: this.#stepsPerEpoch,
      stepsDone: this.#step,
    });
    const interrupt = new InterruptWatch();
    let stopped: StopReason = "finished";
    try {
      while (this.#epoch < settings.epochs && !this.#best.exhausted) {
        const whole = await this.#runEpoch(() => interrupt.requested);
        if (!whole) {
          stopped = "interrupted";
          await this.#saveCheckpoint();
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof NotANumber)) throw error;
      throw new TrainingError(error.message, this.#history("not a number"), { cause: error });
    } finally {
      interrupt.stop();
    }
    if (stopped !== "interrupted") {
      if (this.#best.exhausted) stopped = "early stopping";
      this.#best.restore();
    }
    const history = this.#history(stopped);
    await this.observer?.end?.(history);
    return history;
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#best.dispose();
  }

  /** True when the epoch came to its end. */
  async #runEpoch(interrupted: () => boolean): Promise<boolean> {
    const { train, model, settings } = this;
    const batches = epochBatches(train, model.taskNames, settings.batching, {
      batchSize: settings.batchSize,
      seed: `${settings.seed}`,
      epoch: this.#epoch,
    });
    let at = 0;
    for (const batch of batches) {
      try {
        if (at++ < this.#batch) continue;
        if (interrupted() || settings.signal?.aborted) return false;
        if (!this.#labelsChecked) await this.#checkLabels(batch);
        await this.#runStep(batch);
        this.#batch++;
      } finally {
        batch.dispose();
      }
      await this.#breather.breathe();
    }
    this.#labelsChecked = true;
    await this.#endEpoch();
    return true;
  }

  async #checkLabels(batch: Batch): Promise<void> {
    const where = `The training data "${this.train.name}"`;
    await checkBatch(this.model.tasks, batch, where, `batch ${this.#batch + 1}`);
  }

  async #runStep(batch: Batch): Promise<void> {
    const { model, settings } = this;
    if (!model.taskNames.some((name) => batch.targets[name])) return;
    const { gramianEvery, gramianOn = true } = settings;
    const { losses, gradients, report, gramian, afterUpdate } = await computeStep(
      model,
      batch,
      this.#balancer,
      this.#random,
      gramianEvery !== undefined && this.#step % gramianEvery === 0 && gramianOn,
      (losses) =>
        refuseLosses(model, losses, {
          step: this.#step + 1,
          epoch: this.#epoch + 1,
          batch: this.#batch + 1,
          batches: this.#stepsPerEpoch,
        }),
      this.#step / (this.#stepsPerEpoch * settings.epochs),
    );
    const { clipNorm } = settings;
    const notes = [...report?.notes ?? []];
    try {
      const { gradients: clipped, length } = clipNorm === undefined
        ? { gradients, length: 0 }
        : await clipByGlobalNorm(gradients, clipNorm);
      if (clipped !== gradients) {
        notes.push(`clipNorm: the gradient had length ${length.toPrecision(3)}`);
      }
      this.#learningRate = settings.optimizer.learningRate * settings.schedule.factor({
        step: this.#step,
        totalSteps: this.#stepsPerEpoch * settings.epochs,
        epoch: this.#epoch,
      });
      this.#optimizer.apply(clipped, this.#learningRate);
      if (clipped !== gradients) tf.dispose([...clipped.values()]);
      await afterUpdate?.();
    } finally {
      tf.dispose([...gradients.values()]);
    }
    this.#step++;
    await this.#means.add(losses, batch);
    // In the order of the model: keys that look like numbers come in another.
    const names = model.taskNames.filter((name) => name in losses);
    this.#steps.push({
      step: this.#step,
      epoch: this.#epoch + 1,
      losses,
      ...report?.weights && {
        weights: Object.fromEntries(names.map((name, at) => [name, report.weights![at]])),
      },
      ...notes.length > 0 && { notes },
      ...gramian && { gramian },
    });
    await this.observer?.step?.({
      epoch: this.#epoch + 1,
      step: this.#step,
      totalSteps: this.#stepsPerEpoch * settings.epochs,
      losses,
      seconds: this.#seconds(),
    });
  }

  async #endEpoch(): Promise<void> {
    const { model, settings } = this;
    await refuseWeights(model, this.#epoch + 1);
    const means = this.#means.take();
    this.#balancer.epochEnd?.(model.taskNames.map((name) => means[name]));
    const validation = settings.validation && await model.evaluate(settings.validation);
    this.#epoch++;
    this.#batch = 0;
    const record: EpochRecord = {
      epoch: this.#epoch,
      step: this.#step,
      seconds: this.#seconds(),
      learningRate: this.#learningRate,
      train: Object.fromEntries(model.taskNames.map((name) => [name, { loss: means[name] }])),
      ...validation && { validation },
    };
    this.#epochs.push(record);
    if (validation) this.#best.consider(validation as Evaluation, this.#epoch);
    await this.observer?.epoch?.(record);
    const every = settings.checkpoint?.every ?? 1;
    if (this.#epoch % every === 0 || this.#epoch === settings.epochs || this.#best.exhausted) {
      await this.#saveCheckpoint();
    }
  }

  #progress(): Progress {
    return {
      epoch: this.#epoch,
      batch: this.#batch,
      step: this.#step,
      seconds: this.#seconds(),
      random: this.#random.state(),
      means: this.#means.state(),
      best: this.#best.state(),
      epochs: this.#epochs,
      steps: this.#steps,
    };
  }

  async #saveCheckpoint(): Promise<void> {
    const { model, settings, train } = this;
    if (!settings.checkpoint) return;
    await saveCheckpoint(settings.checkpoint.folder, {
      model,
      optimizer: this.#optimizer,
      balancer: settings.balancer,
      bestWeights: this.#best.weights,
      settings,
      train,
      stepsPerEpoch: this.#stepsPerEpoch,
      run: this.runRecord,
      progress: this.#progress(),
    });
  }

  async #resume(folder: string): Promise<void> {
    const { model, settings, train } = this;
    const { progress, bestWeights } = await readCheckpoint(folder, {
      model,
      optimizer: this.#optimizer,
      balancer: settings.balancer,
      settings,
      train,
      stepsPerEpoch: this.#stepsPerEpoch,
    });
    this.#epoch = progress.epoch;
    this.#batch = progress.batch;
    this.#step = progress.step;
    this.#startedAt = performance.now() - progress.seconds * 1000;
    this.#random = Random.fromState(progress.random);
    this.#means.setState(progress.means);
    this.#best.setState(progress.best, bestWeights);
    this.#epochs.push(...progress.epochs);
    this.#steps.push(...progress.steps);
  }

  #history(stopped: StopReason): History {
    return new History({
      run: this.runRecord,
      tasks: this.model.taskNames,
      epochs: this.#epochs,
      steps: this.#steps,
      stopped,
      bestEpoch: this.#best.epoch,
    });
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}
