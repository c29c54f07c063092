/** Task names become keys, variable names and file names: letters, digits, `_`, `-`, space. */
export function checkName(name: string): void {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name)) {
    throw new RangeError(
      `A task's name is made of letters, digits, "_", "-" and spaces, but is "${name}".`,
    );
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
