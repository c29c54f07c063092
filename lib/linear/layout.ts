/**
 * How the coefficients of all tasks lie in one array.
 *
 * In formulas `W` is `[features, columns]` with a column a task (a task with C classes has C
 * columns). It is stored transposed, one row of `features` numbers a column, as scikit-learn's
 * `coef_` is: `values[column * features + feature]`.
 */
export interface Layout {
  /** Number of features: rows of `W`. */
  readonly features: number;
  /** Number of columns of `W`. */
  readonly columns: number;
  /** First column of each task, and `columns` at the end: `tasks + 1` numbers. */
  readonly offsets: readonly number[];
  /** Names of the tasks, in order. */
  readonly tasks: readonly string[];
}

/** The layout of tasks that have `widths[k]` columns each. */
export function layoutOf(
  features: number,
  tasks: readonly string[],
  widths: readonly number[] = tasks.map(() => 1),
): Layout {
  const offsets = [0];
  for (const width of widths) offsets.push(offsets[offsets.length - 1] + width);
  return { features, columns: offsets[offsets.length - 1], offsets, tasks };
}
