import { type Column, countRows, rowSize } from "./column.ts";

/**
 * Number of rows of a set of columns and groups.
 * @throws {RangeError} When they differ in length or do not fit their shape, an input is not a
 * number, or a mask holds something else than 0 and 1; names the field.
 */
export function checkColumns(
  inputs: Readonly<Record<string, Column>>,
  targets: Readonly<Record<string, Column>>,
  groups: Readonly<Record<string, ArrayLike<string | number>>>,
): number {
  const [first] = Object.keys(inputs);
  if (first === undefined) throw new RangeError("A data set needs at least one input column.");
  const rows = countRows(`Input "${first}"`, inputs[first]);
  const agree = (field: string, count: number) => {
    if (count === rows) return;
    throw new RangeError(
      `${field} has ${count} rows, but "${first}" has ${rows}; all columns need the same number.`,
    );
  };
  for (const [name, column] of Object.entries(inputs)) {
    const field = `Input "${name}"`;
    agree(field, countRows(field, column));
    checkInput(field, column);
  }
  for (const [name, column] of Object.entries(targets)) {
    const field = `Target "${name}"`;
    agree(field, countRows(field, column));
    const bad = column.mask?.findIndex((entry) => entry > 1) ?? -1;
    if (bad >= 0) {
      throw new RangeError(
        `${field}: the mask holds ${
          column.mask![bad]
        } in row ${bad}; give 1 where there is a label, else 0.`,
      );
    }
  }
  for (const [name, members] of Object.entries(groups)) agree(`Group "${name}"`, members.length);
  return rows;
}

function checkInput(field: string, column: Column): void {
  if (column.mask) {
    throw new RangeError(`${field} has a mask; only targets may be missing.`);
  }
  if (!(column.values instanceof Float32Array)) return;
  const bad = firstNotFinite(column.values);
  if (bad >= 0) {
    const row = Math.floor(bad / rowSize(column.shape));
    throw new RangeError(
      `${field} holds ${
        column.values[bad]
      } in row ${row}; fill or drop missing inputs first (only targets may be missing).`,
    );
  }
}

// Plain loops: a call for each value takes several times as long, and columns may be long.

function firstNotFinite(values: Float32Array): number {
  for (let at = 0; at < values.length; at++) {
    // Infinity and NaN less themselves are not 0.
    if (values[at] - values[at] !== 0) return at;
  }
  return -1;
}

/** Whether any value is `NaN`. */
export function hasNotANumber(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) {
    if (values[at] !== values[at]) return true;
  }
  return false;
}

/** The column with `NaN` turned into missing labels of value 0; a row with one `NaN` is missing. */
export function maskNotANumber(column: Column): Column {
  if (!(column.values instanceof Float32Array) || !hasNotANumber(column.values)) return column;
  const size = rowSize(column.shape);
  const values = column.values.slice();
  const mask = column.mask?.slice() ?? new Uint8Array(values.length / size).fill(1);
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) return;
    values[at] = 0;
    mask[Math.floor(at / size)] = 0;
  });
  return { ...column, values, mask };
}
