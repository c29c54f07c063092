/** Settings by name; those that are lists have one entry a task. */
export type PerTask = Readonly<Record<string, unknown>>;

/**
 * Throws when a list among the settings has not one entry a task, or a number that is not finite.
 *
 * @param tasks Number of tasks of the model, or the least that there can be.
 * @param exact Whether the model is known, and with it the number of its tasks.
 */
export function checkPerTask(
  method: string,
  settings: PerTask | undefined,
  tasks: number,
  exact: boolean,
): void {
  for (const [setting, value] of Object.entries(settings ?? {})) {
    if (!Array.isArray(value)) continue;
    if (exact ? value.length !== tasks : value.length < tasks) {
      throw new RangeError(
        `The setting "${setting}" of ${method} has ${value.length} entries, but the model has ${tasks} tasks.`,
      );
    }
    const wrong = value.findIndex((entry) => typeof entry === "number" && !Number.isFinite(entry));
    if (wrong < 0) continue;
    throw new RangeError(
      `Entry ${wrong} of the setting "${setting}" of ${method} must be a finite number, but is ${
        value[wrong]
      }.`,
    );
  }
}
