import type { Matrix } from "./_matrix.ts";
import type { LinearTask } from "./data.ts";

/** Throws a sentence about the first thing that is wrong with a task, its inputs aside. */
export function checkTask(task: LinearTask, width: number): void {
  const { name, inputs, targets, classes } = task;
  if (inputs.columns !== width) {
    throw new RangeError(
      `Task "${name}" has ${inputs.columns} features, but ${width} are expected: all tasks need ` +
        `the same features.`,
    );
  }
  if (inputs.rows !== targets.length) {
    throw new RangeError(
      `Task "${name}" has ${inputs.rows} rows of inputs and ${targets.length} targets.`,
    );
  }
  if (targets.length === 0) {
    throw new RangeError(`Task "${name}" has no labelled row: leave it out.`);
  }
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row];
    const wrong = task.kind === "binary"
      ? target !== 0 && target !== 1
      : task.kind === "classification"
      ? !Number.isInteger(target) || target < 0 || target >= (classes ?? 0)
      : !Number.isFinite(target);
    if (!wrong) continue;
    const wanted = task.kind === "binary"
      ? "0 or 1"
      : task.kind === "classification"
      ? `a class index from 0 to ${(classes ?? 0) - 1}`
      : "a finite number";
    throw new RangeError(
      `Task "${name}", row ${row}: the target must be ${wanted}, not ${target}.`,
    );
  }
}

/** Throws at the first input that is no finite number. */
export function checkFinite({ values, columns }: Matrix, name: string): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new RangeError(
    `Task "${name}", row ${Math.floor(bad / columns)}, feature ${bad % columns}: the input is ` +
      `${values[bad]}, not a finite number; fill or drop it first.`,
  );
}
