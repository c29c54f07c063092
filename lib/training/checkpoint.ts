import * as tf from "@tensorflow/tfjs";
import type { Balancer, BalancerState } from "../balancing/balancer.ts";
import type { BatchSource } from "../data/dataset.ts";
import type { RandomState } from "../math/random.ts";
import { readFolder, saveFolder } from "../models/folder.ts";
import type { MultiTaskModel } from "../models/mod.ts";
import { assignWeights } from "../models/save.ts";
import type { Task } from "../tasks/mod.ts";
import type { BestState } from "./_best_epoch.ts";
import { dataMark } from "./_data_mark.ts";
import { withNotANumber } from "./_json.ts";
import type { FitSettings } from "./fit.ts";
import type { EpochRecord, Run, StepRecord } from "./history.ts";
import type { RunningOptimizer } from "./optimizers/mod.ts";

/** Where a run stands, apart from its tensors. */
export interface Progress {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Batches of the epoch under way that were seen. */
  readonly batch: number;
  readonly step: number;
  readonly seconds: number;
  readonly random: RandomState;
  readonly means: Record<string, { readonly sum: number; readonly labels: number }>;
  readonly best: BestState;
  readonly epochs: readonly EpochRecord[];
  readonly steps: readonly StepRecord[];
}

interface RunParts {
  readonly model: MultiTaskModel<readonly Task[]>;
  readonly optimizer: RunningOptimizer;
  readonly balancer: Balancer | undefined;
  readonly settings: FitSettings;
  readonly train: BatchSource;
  readonly stepsPerEpoch: number;
}

interface Saved {
  readonly kind: "checkpoint";
  readonly mustAgree: Readonly<Record<string, unknown>>;
  /** Epochs that the run was to have. */
  readonly epochs: number;
  readonly optimizerSteps: Readonly<Record<string, number>>;
  readonly balancer?: BalancerState;
  readonly progress: Progress;
  readonly run: Run;
}

/**
 * Writes everything that a run needs to go on exactly. The folder holds the checkpoint before until
 * the new one is whole.
 */
export async function saveCheckpoint(
  folder: string,
  parts: RunParts & {
    readonly progress: Progress;
    readonly bestWeights: ReadonlyMap<string, tf.Tensor>;
    readonly run: Run;
  },
): Promise<void> {
  const optimizer = parts.optimizer.state();
  const content: Saved = {
    kind: "checkpoint",
    mustAgree: mustAgree(parts),
    epochs: parts.settings.epochs,
    optimizerSteps: optimizer.steps,
    balancer: parts.balancer?.state?.(),
    progress: parts.progress,
    run: parts.run,
  };
  await saveFolder(folder, content, [
    ...parts.model.namedVariables().map(({ name, variable }) => ({
      name: `weights/${name}`,
      tensor: variable as tf.Tensor,
    })),
    ...prefixed("optimizer/", optimizer.tensors),
    ...prefixed("best/", parts.bestWeights),
  ]);
}

/**
 * Puts model, optimizer and balancer where the checkpoint stood. The caller owns `bestWeights`.
 * @throws {Error} When the folder holds no checkpoint, or one of a run with other settings.
 */
export async function readCheckpoint(
  folder: string,
  parts: RunParts,
): Promise<{ progress: Progress; bestWeights: Map<string, tf.Tensor> }> {
  const { content, tensors } = await readFolder(folder);
  try {
    const saved = content as Saved;
    if (saved.kind !== "checkpoint") throw new Error(`"${folder}" holds no checkpoint.`);
    for (const [name, now] of Object.entries(mustAgree(parts))) {
      const then = saved.mustAgree[name];
      if (JSON.stringify(then) !== JSON.stringify(now)) {
        if (name === "rows") {
          throw new Error(
            `The checkpoint in "${folder}" was made with other training data than "${parts.train.name}", of the same size; resume with the same data and the same seed of their split.`,
          );
        }
        throw new Error(
          `The checkpoint in "${folder}" was made with ${name} ${
            JSON.stringify(then)
          }, but this run has ${JSON.stringify(now)}; resume with the same setting.`,
        );
      }
    }
    checkSchedule(folder, saved, parts);
    assignWeights(parts.model, withoutPrefix("weights/", tensors), folder);
    parts.optimizer.restore({
      steps: saved.optimizerSteps,
      tensors: withoutPrefix("optimizer/", tensors),
    });
    if (saved.balancer) parts.balancer?.restore?.(saved.balancer);
    const bestWeights = new Map(
      [...withoutPrefix("best/", tensors)].map(([name, tensor]) => [name, tf.keep(tensor.clone())]),
    );
    const epochs = withNotANumber(saved.progress.epochs);
    const steps = withNotANumber(saved.progress.steps);
    return { progress: { ...saved.progress, epochs, steps }, bestWeights };
  } finally {
    tf.dispose([...tensors.values()]);
  }
}

/** Settings that decide the course of a run: resuming under others would be another run. */
function mustAgree({ model, settings, train }: RunParts): Record<string, unknown> {
  const { optimizer, schedule, balancer, seed, batchSize, batching, clipNorm } = settings;
  return {
    seed,
    batchSize,
    batching,
    clipNorm: clipNorm ?? null,
    backend: tf.getBackend(),
    examples: train.size,
    data: train.configuration ?? null,
    rows: dataMark(train, model.taskNames),
    tasks: model.taskNames,
    architecture: [model.architecture.name, model.architecture.configuration],
    optimizer: [optimizer.name, optimizer.configuration],
    schedule: [schedule.name, schedule.configuration],
    balancer: balancer ? [balancer.name, balancer.configuration] : null,
  };
}

/** Refuses a length of the run under which the steps made would have had other learning rates. */
function checkSchedule(folder: string, saved: Saved, { settings, stepsPerEpoch }: RunParts): void {
  const { schedule, epochs } = settings;
  for (let step = 0; step < saved.progress.step; step++) {
    const epoch = Math.floor(step / stepsPerEpoch);
    const [then, now] = [saved.epochs, epochs].map((count) =>
      schedule.factor({ step, totalSteps: stepsPerEpoch * count, epoch })
    );
    if (then === now) continue;
    throw new Error(
      `The checkpoint in "${folder}" is of a run of ${saved.epochs} epochs, and the schedule "${schedule.name}" has other learning rates in one of ${epochs}; resume with epochs: ${saved.epochs}.`,
    );
  }
}

function prefixed(prefix: string, tensors: ReadonlyMap<string, tf.Tensor>) {
  return [...tensors].map(([name, tensor]) => ({ name: `${prefix}${name}`, tensor }));
}

function withoutPrefix(
  prefix: string,
  tensors: ReadonlyMap<string, tf.Tensor>,
): Map<string, tf.Tensor> {
  const kept = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(kept.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
