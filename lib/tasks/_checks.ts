/**
 * Task names become keys, variable names and file names: letters, digits, `_`, `-`, space, and no
 * name that every object has already.
 */
export function checkName(name: string): void {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name)) {
    throw new RangeError(
      `A task's name is made of letters, digits, "_", "-" and spaces, but is "${name}".`,
    );
  }
  if (name in {}) {
    throw new RangeError(`"${name}" is a name that every object has; call the task otherwise.`);
  }
}

/** Refuses label names that are not one for each class. */
export function checkLabels(
  task: string,
  labels: readonly string[] | undefined,
  count: number,
): void {
  if (labels && labels.length !== count) {
    throw new RangeError(`Task "${task}" has ${labels.length} label names for ${count} classes.`);
  }
}

/** Refuses hidden layers without units. */
export function checkHidden(task: string, hidden: readonly number[]): void {
  if (!hidden.every((units) => Number.isInteger(units) && units >= 1)) {
    throw new RangeError(
      `Task "${task}": the units of hidden layers must be whole numbers from 1, but are ${
        hidden.join(", ")
      }.`,
    );
  }
}

/** Refuses settings that are not whole numbers from a least one. */
export function checkCount(task: string, setting: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `Task "${task}": ${setting} must be a whole number from ${least}, but is ${value}.`,
    );
  }
}

/** Refuses settings that are not numbers above 0. */
export function checkPositive(task: string, setting: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`Task "${task}": ${setting} must be a number above 0, but is ${value}.`);
  }
}

/** A sentence on the first value that is no class index and not the mark for "no label". */
export function notAClass(
  values: ArrayLike<number>,
  classes: number,
  noLabel?: number,
): string | undefined {
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value === noLabel) continue;
    if (!Number.isInteger(value) || value < 0 || value >= classes) {
      return `value ${at} is ${value}, but classes go from 0 to ${classes - 1}${
        noLabel === undefined ? "" : `, and ${noLabel} is no label`
      }`;
    }
  }
}

/** A sentence on the first value that is not a finite number. */
export function notFinite(values: ArrayLike<number>): string | undefined {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) return `value ${at} is ${values[at]}, not a finite number`;
  }
}
