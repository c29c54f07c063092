import { type Batch, type BatchSource, MultiTaskDataset } from "../data/dataset.ts";
import type { Task } from "../tasks/mod.ts";

/** The sets that a source is made of, where it can tell. */
export function setsOf(data: BatchSource): readonly MultiTaskDataset[] | undefined {
  return data instanceof MultiTaskDataset ? [data] : data.datasets;
}

/**
 * Refuses data that are empty, whose sets have no target for a task, or whose classes are taken for
 * numbers.
 * @param where The data, as the beginning of a sentence: `The training data "digits"`.
 * @throws {RangeError} Names the data and the task.
 */
export function checkTargets(tasks: readonly Task[], data: BatchSource, where: string): void {
  if (data.size === 0) {
    throw new RangeError(`${where} are empty; check the split that made them.`);
  }
  const sets = setsOf(data);
  for (const task of tasks) refuseClassesAsNumbers(task, data, sets ?? [], where);
  if (!sets) return;
  for (const { name } of tasks) {
    if (sets.some((set) => Object.hasOwn(set.targets, name))) continue;
    const known = new Set(sets.flatMap((set) => Object.keys(set.targets)));
    throw new RangeError(
      `${where} have no target "${name}"; they have ${
        [...known].map((target) => `"${target}"`).join(", ") || "none"
      }.`,
    );
  }
}

/**
 * Refuses a regression on the indices of named classes, which mean nothing: a column of numbers of
 * which one entry was read as text looks like that.
 */
function refuseClassesAsNumbers(
  { name, kind }: Task,
  { targetLabels = {} }: BatchSource,
  sets: readonly MultiTaskDataset[],
  where: string,
): void {
  if (kind !== "regression") return;
  const own = Object.hasOwn(targetLabels, name) ? targetLabels[name] : undefined;
  const labels = own ??
    sets.find(({ targets }) =>
      Object.hasOwn(targets, name) && targets[name].shape.length === 0 && targets[name].labels
    )?.targets[name].labels;
  if (!labels) return;
  const some = labels.slice(0, 3).map((label) => `"${label}"`).join(", ");
  throw new RangeError(
    `${where} do not fit task "${name}" (regression): its targets are the classes ${some}${
      labels.length > 3 ? " and more" : ""
    }, not numbers; take classification, or mend the column.`,
  );
}

/**
 * Refuses a batch whose labels cannot be right for a task.
 * @param where The data set, `place` the batch, for the message.
 * @throws {RangeError} Names the data set, the batch and the task, and what is wrong.
 */
export async function checkBatch(
  tasks: readonly Task[],
  batch: Batch,
  where: string,
  place: string,
): Promise<void> {
  for (const task of tasks) {
    const target = batch.targets[task.name];
    if (!target) continue;
    const values = await target.data<"float32">();
    const mask = await batch.masks[task.name]?.data<"float32">();
    checkValues(task, { values, mask }, target.shape.slice(1), where, place);
  }
}

/**
 * Refuses labels that cannot be right for a task.
 * @param place The batch, where there is one to be named.
 * @throws {RangeError} Names the data, the task and what is wrong.
 */
export function checkValues(
  task: Task,
  { values, mask }: {
    readonly values: Float32Array | Int32Array;
    readonly mask?: Uint8Array | Float32Array;
  },
  shape: readonly number[],
  where: string,
  place?: string,
): void {
  const problem = task.checkTarget(mask ? fillMissing(values, mask, shape) : values, shape);
  if (problem === undefined) return;
  throw new RangeError(
    `${where} do not fit task "${task.name}" (${task.kind})${
      place === undefined ? "" : ` in ${place}`
    }: ${problem}.`,
  );
}

/** The values with missing labels replaced by the first one that is there, so that rows keep their number. */
function fillMissing(
  values: Float32Array | Int32Array,
  mask: Uint8Array | Float32Array,
  shape: readonly number[],
) {
  const width = shape.reduce((product, side) => product * side, 1);
  const first = mask.indexOf(1) * width;
  return values.map((value, at) =>
    mask[Math.floor(at / width)] ? value : values[first + at % width]
  );
}
