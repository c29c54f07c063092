import type { Batch, BatchOptions, BatchSource } from "../data/dataset.ts";

/**
 * How an epoch goes through the data: `"joint"` batches hold all labels of their examples;
 * `"by-task"` batches hold those of one task, the tasks taking turns, so that an epoch sees every
 * example once for each task.
 */
export type Batching = "joint" | "by-task";

/** The batches of one epoch. Each belongs to the receiver. */
export function epochBatches(
  data: BatchSource,
  tasks: readonly string[],
  batching: Batching,
  options: BatchOptions,
): Iterable<Batch> {
  return batching === "joint" ? data.batches(options) : takeTurns(data, tasks, options);
}

/** Steps of one epoch. */
export function stepsPerEpoch(
  data: BatchSource,
  tasks: readonly string[],
  batching: Batching,
  batchSize: number,
): number {
  return Math.ceil(data.size / batchSize) * (batching === "joint" ? 1 : tasks.length);
}

function* takeTurns(
  data: BatchSource,
  tasks: readonly string[],
  options: BatchOptions,
): Generator<Batch> {
  const passes = tasks.map((task) =>
    data.batches({ ...options, seed: `${options.seed}/${task}` })[Symbol.iterator]()
  );
  for (;;) {
    for (const [at, task] of tasks.entries()) {
      const next = passes[at].next();
      if (next.done) return;
      yield onlyTask(next.value, task);
    }
  }
}

/** The batch with the labels of one task; takes the batch over. */
function onlyTask(batch: Batch, task: string): Batch {
  const target = batch.targets[task];
  const mask = batch.masks[task];
  return {
    size: batch.size,
    inputs: batch.inputs,
    targets: target ? { [task]: target } : {},
    masks: mask ? { [task]: mask } : {},
    dispose: () => batch.dispose(),
  };
}
