import type { DataFrame, Series } from "nodejs-polars";
import { hasNotANumber } from "./_check_columns.ts";
import type { Column } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";
import { DataError } from "./errors.ts";

/** Which columns of a table become what. */
export interface FrameColumns<Input extends string, Target extends string> {
  /**
   * For each input a column (one number a row) or a list of columns (a vector; a text column in it
   * becomes a 0 or 1 for each of its categories).
   */
  readonly inputs: Readonly<Record<Input, string | readonly string[]>>;
  /** For each task a column: numbers stay numbers, text becomes classes, true and false 1 and 0. */
  readonly targets: Readonly<Record<Target, string>>;
  /** Columns that say who or what a row comes from. */
  readonly groups?: readonly string[];
  /**
   * Categories of text columns, in order, so that several tables agree: give those of the training
   * table. Default: the different texts of the column, in the order of their letters.
   */
  readonly categories?: Readonly<Record<string, readonly string[]>>;
  /** Default `"table"`. */
  readonly name?: string;
  /** A sentence on where the data come from. */
  readonly description?: string;
}

/**
 * A data set from a table of nodejs-polars. A missing value in a target is a missing label; in an
 * input it is refused, since only you know what to put there.
 *
 * ```ts
 * import pl from "nodejs-polars";
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const table = pl.DataFrame({
 *   age: [31, 45, 27],
 *   city: ["Bonn", "Oslo", "Bonn"],
 *   income: [30.5, null, 28],
 *   plan: ["basic", "full", "basic"],
 * });
 * const dataset = data.fromDataFrame(table, {
 *   inputs: { person: ["age", "city"] },
 *   targets: { income: "income", plan: "plan" },
 * });
 * deepStrictEqual([...dataset.inputs.person.values], [31, 1, 0, 45, 0, 1, 27, 1, 0]);
 * deepStrictEqual(dataset.labelCount("income"), 2);
 * deepStrictEqual(dataset.targets.plan.labels, ["basic", "full"]);
 * ```
 *
 * @throws {DataError} When a column is absent, of a type that cannot be read, has missing values in
 * an input, or a category that is not among those given; names it.
 */
export function fromDataFrame<Input extends string, Target extends string>(
  table: DataFrame,
  columns: FrameColumns<Input, Target>,
): MultiTaskDataset<Input, Target> {
  const { categories = {}, groups = [], name = "table", description } = columns;
  const read = (column: string) => readColumn(table, column, categories[column]);
  const inputs = Object.entries<string | readonly string[]>(columns.inputs).map(
    ([input, source]): [string, Column] => {
      if (typeof source !== "string") return [input, vector(source.map(read), table.height)];
      const { values, labels, missing } = read(source);
      refuseMissing(source, missing);
      return [input, { values, shape: [], ...(labels ? { labels } : {}) }];
    },
  );
  const targets = Object.entries<string>(columns.targets).map(
    ([task, source]): [string, Column] => {
      const { values, labels, missing } = read(source);
      const mask = missing && Uint8Array.from(missing, (isMissing) => isMissing ? 0 : 1);
      return [task, {
        values,
        shape: [],
        ...(labels ? { labels } : {}),
        ...(mask ? { mask } : {}),
      }];
    },
  );
  return MultiTaskDataset.from<Input, Target>({
    inputs: Object.fromEntries(inputs) as Record<Input, Column>,
    targets: Object.fromEntries(targets) as Record<Target, Column>,
    groups: Object.fromEntries(
      groups.map((group) => [group, seriesOf(table, group).toArray() as (string | number)[]]),
    ),
    name,
    description,
  });
}

/**
 * A data set from a Parquet file; only the columns that are asked for are read. Needs nodejs-polars,
 * which is native code. See {@linkcode fromDataFrame}.
 */
export async function fromParquet<Input extends string, Target extends string>(
  path: string,
  columns: FrameColumns<Input, Target>,
): Promise<MultiTaskDataset<Input, Target>> {
  const { default: pl } = await import("nodejs-polars");
  const scan = pl.scanParquet(path);
  let table: DataFrame;
  try {
    table = await scan.select(...wantedColumns(columns)).collect();
  } catch (error) {
    throw new DataError(`${path} could not be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return fromDataFrame(table, { name: path, ...columns });
}

/** The columns of a table that are asked for, each once. */
export function wantedColumns(columns: FrameColumns<string, string>): string[] {
  return [
    ...new Set([
      ...Object.values(columns.inputs).flat(),
      ...Object.values(columns.targets),
      ...columns.groups ?? [],
    ]),
  ];
}

/** Whether a column of this type holds categories. */
export function isText(series: Series): boolean {
  return /^(String|Utf8|Categorical)/.test(typeName(series));
}

function typeName(series: Series): string {
  return String(series.dtype).replace(/^DataType\((.*)\)$/, "$1");
}

interface ReadColumn {
  readonly name: string;
  /** Numbers, or indices into `labels`. */
  readonly values: Float32Array | Int32Array;
  readonly labels?: readonly string[];
  /** Where a value is missing; absent when none is. Its value is 0. */
  readonly missing?: readonly boolean[];
}

function readColumn(
  table: DataFrame,
  name: string,
  given: readonly string[] | undefined,
): ReadColumn {
  const series = seriesOf(table, name);
  const type = typeName(series);
  if (/^(U?Int|Float)\d+$/.test(type) || /^Bool/.test(type)) return readNumbers(name, type, series);
  if (isText(series)) return readCategories(name, series, given);
  throw new DataError(
    `Column "${name}" is of type ${type}; only numbers, true and false, and text can be read.`,
  );
}

/** Types whose arrays hold ordinary numbers. */
const PLAIN_NUMBERS = /^(U?Int(8|16|32)|Float\d+)$/;

function readNumbers(name: string, type: string, series: Series): ReadColumn {
  if (!PLAIN_NUMBERS.test(type)) return readEntries(name, series);
  const nulls = series.nullCount() > 0 ? series.isNull().toArray() as boolean[] : undefined;
  // Copies one array into another: many times faster than going through a list of entries.
  const values = new Float32Array((nulls ? series.fillNull("zero") : series).toTypedArray());
  if (!nulls && !hasNotANumber(values)) return { name, values };
  const missing = Array.from(
    values,
    (value, row) => Number.isNaN(value) || (nulls?.[row] ?? false),
  );
  return { name, values: values.map((value, row) => missing[row] ? 0 : value), missing };
}

function readEntries(name: string, series: Series): ReadColumn {
  const entries = series.toArray() as (number | bigint | boolean | null)[];
  const missing = entries.map((entry) => entry === null || Number.isNaN(entry));
  const values = Float32Array.from(entries, (entry, row) => missing[row] ? 0 : Number(entry));
  return { name, values, ...(missing.includes(true) ? { missing } : {}) };
}

function readCategories(
  name: string,
  series: Series,
  given: readonly string[] | undefined,
): ReadColumn {
  const entries = series.toArray() as (string | null)[];
  const missing = entries.map((entry) => entry === null);
  const found = new Set(entries.filter((entry) => entry !== null));
  const labels = given ?? [...found].sort();
  const indices = new Map(labels.map((label, index) => [label, index]));
  const unknown = [...found].find((text) => !indices.has(text));
  if (unknown !== undefined) {
    throw new DataError(
      `Column "${name}" holds "${unknown}", which is not among its categories ${
        labels.join(", ")
      }.`,
    );
  }
  const values = Int32Array.from(entries, (entry) => entry === null ? 0 : indices.get(entry)!);
  return { name, values, labels, ...(missing.includes(true) ? { missing } : {}) };
}

function vector(columns: readonly ReadColumn[], rows: number): Column {
  const width = columns.reduce((sum, { labels }) => sum + (labels?.length ?? 1), 0);
  const all = new Float32Array(rows * width);
  let at = 0;
  for (const { name, values, labels, missing } of columns) {
    refuseMissing(name, missing);
    if (values instanceof Float32Array) spread(values, all, at, width);
    else for (let row = 0; row < rows; row++) all[row * width + at + values[row]] = 1;
    at += labels?.length ?? 1;
  }
  return { values: all, shape: [width] };
}

/** Puts a column into every `width`-th place from `at`. */
function spread(values: Float32Array, all: Float32Array, at: number, width: number): void {
  for (let row = 0; row < values.length; row++) all[row * width + at] = values[row];
}

function refuseMissing(name: string, missing: readonly boolean[] | undefined): void {
  if (!missing) return;
  const rows = missing.filter(Boolean).length;
  throw new DataError(
    `Column "${name}" is an input, but ${rows} of its ${missing.length} values are missing, the ` +
      `first in row ${missing.indexOf(true)}. Fill them (fillNull) or drop these rows first.`,
  );
}

function seriesOf(table: DataFrame, name: string): Series {
  if (table.columns.includes(name)) return table.getColumn(name);
  throw new DataError(`The table has no column "${name}"; it has ${table.columns.join(", ")}.`);
}
