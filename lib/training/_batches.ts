import type { Batch, BatchOptions, BatchSource } from "../data/dataset.ts";

/**
 * How an epoch goes through the data: `"joint"` batches hold all labels of their examples;
 * `"by-task"` batches hold those of one task, the tasks taking turns, so that an epoch sees every
 * label once. A task whose examples run out before those of others no longer takes its turn.
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
  const sources = batching === "joint" ? [data] : tasks.map((task) => labelledPart(data, task));
  return sources.reduce(
    (sum, source) =>
      sum + (source.stepsPerEpoch?.(batchSize) ?? Math.ceil(source.size / batchSize)),
    0,
  );
}

function* takeTurns(
  data: BatchSource,
  tasks: readonly string[],
  options: BatchOptions,
): Generator<Batch> {
  let passes = tasks.map((task) => ({
    task,
    batches: labelledPart(data, task)
      .batches({ ...options, seed: `${options.seed}/${task}` })[Symbol.iterator](),
  }));
  while (passes.length > 0) {
    for (const { task, batches } of passes) {
      const next = batches.next();
      if (!next.done) yield onlyTask(next.value, task);
      else passes = passes.filter((pass) => pass.task !== task);
    }
  }
}

function labelledPart(data: BatchSource, task: string): BatchSource {
  return data.labelled?.(task) ?? data;
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
