/** Saved rows by task; `null` for tasks that were never present. */
export type SavedRows = readonly (readonly number[] | null)[];

/** One row of numbers for each task, zero at first, kept from step to step. */
export function rowMemory() {
  let rows: (Float64Array | null)[] = [];
  return {
    /** The row of a task, to be changed in place. */
    row(task: number, length: number): Float64Array {
      while (rows.length <= task) rows.push(null);
      const row = rows[task] ??= new Float64Array(length);
      if (row.length !== length) {
        throw new RangeError(
          `Task ${task} had gradients of ${row.length} numbers before, but now has ${length}.`,
        );
      }
      return row;
    },
    save: (): SavedRows => rows.map((row) => row && Array.from(row)),
    load(saved: SavedRows) {
      rows = saved.map((row) => row && Float64Array.from(row));
    },
  };
}
