import { type Column, countRows, rowSize } from "./column.ts";

/**
 * Number of rows of a set of columns and groups.
 * @throws {TypeError} When a column is not made of a typed array and a shape; names the field.
 * @throws {RangeError} When they differ in length or do not fit their shape, an input is not a
 * number, or a mask holds something else than 0 and 1; names the field.
 */
export function checkColumns(
  inputs: Readonly<Record<string, Column>>,
  targets: Readonly<Record<string, Column>>,
  groups: Readonly<Record<string, ArrayLike<string | number>>>,
): number {
  checkParts(inputs, targets);
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

/** Refuses what only a program without types, or one that casts, can give. */
function checkParts(inputs: unknown, targets: unknown): void {
  for (const [what, columns] of [["input", inputs], ["target", targets]] as const) {
    if (typeof columns !== "object" || columns === null) {
      throw new TypeError(
        `The \`${what}s\` of a data set must be columns by name, but are ${kindOf(columns)}${
          what === "target" ? "; give {} where there are none" : ""
        }.`,
      );
    }
    for (const [name, column] of Object.entries(columns)) {
      checkColumn(what === "input" ? `Input "${name}"` : `Target "${name}"`, column);
    }
  }
}

function checkColumn(field: string, column: Partial<Record<keyof Column, unknown>> | null): void {
  if (typeof column !== "object" || column === null || Symbol.iterator in column) {
    throw new TypeError(
      `${field} is ${
        kindOf(column)
      }, but must be a column: { values, shape }, with shape [] for one number a row.`,
    );
  }
  const { values, shape, mask } = column;
  if (
    !(values instanceof Float32Array || values instanceof Int32Array ||
      values instanceof Uint8Array)
  ) {
    throw new TypeError(
      `${field}: \`values\` is ${
        kindOf(values)
      }, but must be a Float32Array, Int32Array or Uint8Array; wrap it in Float32Array.from(...), or in Int32Array.from(...) for classes.`,
    );
  }
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `${field}: \`shape\` is ${
        kindOf(shape)
      }, but must be a list of sides; give [] for one number a row.`,
    );
  }
  if (mask !== undefined && !(mask instanceof Uint8Array)) {
    throw new TypeError(
      `${field}: \`mask\` is ${
        kindOf(mask)
      }, but must be a Uint8Array; wrap it in Uint8Array.from(...).`,
    );
  }
  for (const setting of ["scale", "offset"] as const) {
    const value = column[setting];
    if (value === undefined || Number.isFinite(value)) continue;
    throw new TypeError(`${field}: \`${setting}\` must be a finite number, but is ${value}.`);
  }
}

/** What a value is, for a message: `a Float64Array`, `a string`, `missing`. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  const name = Object(value).constructor?.name ?? "Object";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
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

/**
 * The entry of that name of the data set `set`.
 * @throws {RangeError} When there is none; says which there are.
 */
export function entryNamed<Entry>(
  set: string,
  what: string,
  entries: Readonly<Record<string, Entry>>,
  name: string,
): Entry {
  if (Object.hasOwn(entries, name)) return entries[name];
  const there = Object.keys(entries).map((key) => `"${key}"`).join(", ") || "none";
  throw new RangeError(`"${set}" has no ${what} "${name}"; it has ${there}.`);
}
