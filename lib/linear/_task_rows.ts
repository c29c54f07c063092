import { type Matrix, takeRows } from "./_matrix.ts";

/** The rows whose target is not missing. */
export function labelledRows(targets: ArrayLike<number>): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < targets.length; row++) if (!Number.isNaN(targets[row])) rows.push(row);
  return Int32Array.from(rows);
}

/** Takes rows of matrices; the same rows of the same matrix give the same object. */
export function sharedRows(): (inputs: Matrix, rows: ArrayLike<number>) => Matrix {
  const taken = new Map<Matrix, { rows: ArrayLike<number>; result: Matrix }[]>();
  return (inputs, rows) => {
    const earlier = taken.get(inputs) ?? [];
    taken.set(inputs, earlier);
    const same = earlier.find((entry) => equalLists(entry.rows, rows));
    if (same) return same.result;
    const result = isAll(rows, inputs.rows) ? inputs : takeRows(inputs, rows);
    earlier.push({ rows, result });
    return result;
  };
}

function equalLists(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isAll(rows: ArrayLike<number>, count: number): boolean {
  if (rows.length !== count) return false;
  for (let row = 0; row < count; row++) if (rows[row] !== row) return false;
  return true;
}

/** Equal members get equal numbers, from 0 in order of appearance. */
export function numbered(members: ArrayLike<number | string>): Int32Array {
  const numbers = new Map<number | string, number>();
  return Int32Array.from({ length: members.length }, (_, row) => {
    const member = members[row];
    if (!numbers.has(member)) numbers.set(member, numbers.size);
    return numbers.get(member)!;
  });
}
