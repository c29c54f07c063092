import { type BatchSource, MultiTaskDataset } from "../data/dataset.ts";
import { checkBatch, checkTargets, checkValues, setsOf } from "../models/check_labels.ts";
import type { InputShapes, MultiTaskModel } from "../models/mod.ts";
import type { Task } from "../tasks/mod.ts";

/**
 * Refuses data that a model cannot be trained on, before any step is made.
 * @param role What the data are for, `"training"` or `"validation"`.
 * @throws {RangeError} Names the data set, the field or the task, and what is wrong with it.
 */
export function checkData(
  model: MultiTaskModel<readonly Task[]>,
  data: BatchSource,
  role: string,
): void {
  const where = `The ${role} data "${data.name}"`;
  checkTargets(model.tasks, data, where);
  const sets = setsOf(data);
  if (!sets) return;
  for (const task of model.tasks) checkTask(task, sets, where);
  for (const set of sets) {
    if (model.tasks.some((task) => Object.hasOwn(set.targets, task.name))) continue;
    throw new RangeError(
      `${where} hold the set "${set.name}", which has no target of a task of the model; leave it out.`,
    );
  }
}

/** Whether {@linkcode checkData} sees the labels; if not, `checkBatch` must. */
export function showsLabels(data: BatchSource): boolean {
  return setsOf(data) !== undefined;
}

/**
 * Refuses all labels of a source that cannot be right for a task, where they come batch by batch.
 * @throws {RangeError} Names the data set, the batch and the task, and what is wrong.
 */
export async function checkBatches(
  model: MultiTaskModel<readonly Task[]>,
  data: BatchSource,
  role: string,
  batchSize: number,
): Promise<void> {
  if (showsLabels(data)) return;
  let number = 0;
  for (const batch of data.batches({ batchSize })) {
    try {
      await checkBatch(model.tasks, batch, `The ${role} data "${data.name}"`, `batch ${++number}`);
    } finally {
      batch.dispose();
    }
  }
}

/** Refuses sets without labels for a task, or with labels that cannot be right for it. */
function checkTask(task: Task, sets: readonly MultiTaskDataset[], where: string): void {
  const labelled = sets.filter((set) =>
    Object.hasOwn(set.targets, task.name) && set.labelCount(task.name) > 0
  );
  if (labelled.length === 0) {
    throw new RangeError(
      `${where} have no label at all for task "${task.name}"; leave the task out, or check the mask.`,
    );
  }
  for (const set of labelled) {
    checkValues(task, set.target(task.name), set.targets[task.name].shape, where);
  }
}

/**
 * Refuses validation data whose inputs are not those of the training data.
 * @throws {RangeError} Names the data set and the input.
 */
export function checkSameInputs(training: InputShapes, validation: BatchSource): void {
  const shapes = inputShapesOf(validation);
  for (const [name, shape] of Object.entries(training)) {
    if (shapes[name]?.join() === shape.join()) continue;
    throw new RangeError(
      `The validation data "${validation.name}" have ${
        shapes[name] ? `the input "${name}" [${shapes[name]}]` : `no input "${name}"`
      }, but the training data have it as [${shape}].`,
    );
  }
}

/** Shapes of the inputs of a data source; looks at its first batch where it has to. */
export function inputShapesOf(data: BatchSource): InputShapes {
  if (data.inputShapes) return data.inputShapes;
  if (data instanceof MultiTaskDataset) {
    const columns = Object.entries(data.inputs);
    return Object.fromEntries(columns.map(([name, column]) => [name, column.shape]));
  }
  for (const batch of data.batches({ batchSize: 1 })) {
    const inputs = Object.entries(batch.inputs);
    const shapes = inputs.map(([name, tensor]) => [name, tensor.shape.slice(1)]);
    batch.dispose();
    return Object.fromEntries(shapes);
  }
  throw new RangeError(`The data "${data.name}" gave no batch.`);
}
