import type { Task } from "../tasks/task.ts";
import { rowSize } from "../data/column.ts";
import type { MultiTaskDataset } from "../data/dataset.ts";
import type { Matrix } from "./_matrix.ts";

/** Who or what every example of a data set belongs to. */
export function groupOf(dataset: MultiTaskDataset, name: string): (string | number)[] {
  const members = dataset.groups[name];
  if (!members) {
    throw new RangeError(
      `"${dataset.name}" has no group "${name}"; it has: ` +
        `${Object.keys(dataset.groups).join(", ") || "none"}.`,
    );
  }
  return Array.from(dataset.rows, (row) => members[row]);
}

/** Input columns side by side as 64-bit features, with names. */
export function featuresOf(
  dataset: MultiTaskDataset,
  wanted: readonly string[] = Object.keys(dataset.inputs),
): { inputs: Matrix; features: string[] } {
  const columns = wanted.map((name) => {
    const column = dataset.inputs[name];
    if (!column) throw new RangeError(`"${dataset.name}" has no input "${name}".`);
    return { name, column, size: rowSize(column.shape) };
  });
  const width = columns.reduce((sum, { size }) => sum + size, 0);
  const values = new Float64Array(dataset.size * width);
  const features: string[] = [];
  let place = 0;
  for (const { name, column, size } of columns) {
    const { scale = 1, offset = 0, labels } = column;
    for (let j = 0; j < size; j++) {
      features.push(size === 1 ? name : labels?.[j] ?? `${name} ${j + 1}`);
    }
    dataset.rows.forEach((row, at) => {
      for (let j = 0; j < size; j++) {
        values[at * width + place + j] = column.values[row * size + j] * scale + offset;
      }
    });
    place += size;
  }
  return { inputs: { rows: dataset.size, columns: width, values }, features };
}

/**
 * The kind of linear task that each output of a task becomes.
 * @throws {RangeError} When the task is of a kind that linear models do not fit.
 */
export function linearKind(task: Task): "regression" | "binary" | "classification" {
  switch (task.kind) {
    case "regression":
    case "binary":
    case "classification":
      return task.kind;
    case "multi-label":
      return "binary";
    default:
      throw new RangeError(
        `Linear models fit tasks of the kinds regression, binary, classification and multi-label, but "${task.name}" is of the kind ${task.kind}.`,
      );
  }
}
