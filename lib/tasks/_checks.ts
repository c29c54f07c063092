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
