import * as tf from "@tensorflow/tfjs";
import type { Batch, BatchSource } from "../data/dataset.ts";
import type { MetricAccumulator, Task, TaskName } from "../tasks/mod.ts";
import { checkBatch, checkTargets } from "./check_labels.ts";
import { checkSource } from "./check_source.ts";
import { ensureBackend } from "./ensure_backend.ts";
import type { HasTargets } from "./has_targets.ts";
import type { MultiTaskModel } from "./model.ts";

/** Settings of {@linkcode evaluate}. */
export interface EvaluateOptions {
  /** Examples a batch; changes speed and memory, not the result. Default 256. */
  readonly batchSize?: number;
}

/** The names of the metrics of a task. */
export type MetricNameOf<Each> = Each extends Task<string, infer MetricName> ? MetricName : never;

/** Mean loss and metrics of one task over its labelled examples; `NaN` where there are none. */
export type TaskEvaluation<MetricName extends string = string> =
  & { readonly loss: number }
  & Readonly<Record<MetricName, number>>;

/** What {@linkcode evaluate} measured, by task name. */
export type Evaluation<Tasks extends readonly Task[] = readonly Task[]> = {
  readonly [Each in Tasks[number] as Each["name"]]: TaskEvaluation<MetricNameOf<Each>>;
};

/**
 * Loss and metrics of every task of a model over a data set: means over all labelled examples, not
 * over batches. Leaves model and data as they are.
 *
 * @throws {TypeError} When the data are no data set.
 * @throws {RangeError} When the data are empty, have no target for a task, or hold a label that
 * cannot be right for it; names the task and the batch.
 */
export async function evaluate<Tasks extends readonly Task[], Target extends string>(
  model: MultiTaskModel<Tasks>,
  data: BatchSource<string, Target> & HasTargets<TaskName<Tasks>, Target>,
  options: EvaluateOptions = {},
): Promise<Evaluation<Tasks>> {
  const { batchSize = 256 } = options;
  checkSource("The data", "test", data);
  const where = `The data "${data.name}"`;
  checkTargets(model.tasks, data, where);
  await ensureBackend();
  let number = 0;
  const tallies = model.tasks.map((task) => new Tally(task));
  for (const batch of data.batches({ batchSize })) {
    try {
      await checkBatch(model.tasks, batch, where, `batch ${++number}`);
      await tallyBatch(model, batch, tallies);
    } finally {
      batch.dispose();
    }
  }
  const entries = tallies.map((tally) => [tally.task.name, tally.result()]);
  return Object.fromEntries(entries) as Evaluation<Tasks>;
}

async function tallyBatch(
  model: MultiTaskModel<readonly Task[]>,
  batch: Batch,
  tallies: readonly Tally[],
): Promise<void> {
  const present = tallies.filter(({ task }) => batch.targets[task.name]);
  const names = present.map(({ task }) => task.name);
  const { outputs, losses } = tf.tidy(() => {
    const { outputs } = model.forward(batch.inputs, names, { training: false });
    const losses = present.map(({ task }) =>
      task.rowLosses(outputs[task.name], batch.targets[task.name]!)
    );
    return { outputs, losses };
  });
  try {
    for (const [at, tally] of present.entries()) {
      const name = tally.task.name;
      tally.add({
        losses: await losses[at].data<"float32">(),
        output: await outputs[name].data<"float32">(),
        target: await batch.targets[name]!.data<"float32">(),
        mask: await batch.masks[name]?.data<"float32">(),
        rows: batch.size,
      });
    }
  } finally {
    tf.dispose([outputs, losses]);
  }
}

/** Adds up the loss and the metrics of one task. */
class Tally {
  readonly task: Task;
  readonly #metrics: readonly (readonly [string, MetricAccumulator])[];
  #lossSum = 0;
  #labelled = 0;

  constructor(task: Task) {
    this.task = task;
    this.#metrics = task.metrics.map((metric) => [metric.name, metric.start()]);
  }

  add(batch: {
    losses: ArrayLike<number>;
    output: ArrayLike<number>;
    target: ArrayLike<number>;
    mask?: ArrayLike<number>;
    rows: number;
  }): void {
    for (let row = 0; row < batch.rows; row++) {
      if (batch.mask && !batch.mask[row]) continue;
      this.#lossSum += batch.losses[row];
      this.#labelled++;
    }
    for (const [, metric] of this.#metrics) metric.update(batch);
  }

  result(): TaskEvaluation {
    const metrics = this.#metrics.map(([name, metric]) => [name, metric.result()]);
    return { loss: this.#lossSum / this.#labelled, ...Object.fromEntries(metrics) };
  }
}
