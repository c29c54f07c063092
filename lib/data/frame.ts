import type { DataFrame } from "nodejs-polars";
import type { Column } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";
import { DataError } from "./errors.ts";
import { type FrameColumnType, type ReadColumn, readColumn, readGroup } from "./_frame_columns.ts";

export type { FrameColumnType } from "./_frame_columns.ts";

/** Which columns of a table become what. */
export type FrameColumns<Input extends string, Target extends string> =
  & FrameSettings<Input>
  & FrameTargets<Target>;

/**
 * For each task a column, as `targets` or, the same, as `tasks`: numbers stay numbers, text becomes
 * classes, true and false 1 and 0.
 */
export type FrameTargets<Target extends string> =
  | { readonly targets: Readonly<Record<Target, string>>; readonly tasks?: undefined }
  | { readonly tasks: Readonly<Record<Target, string>>; readonly targets?: undefined };

/** What there is to say about a table besides its tasks. */
export interface FrameSettings<Input extends string> {
  /**
   * For each input a column (one number a row) or a list of columns (a vector; a text column in it
   * becomes a 0 or 1 for each of its categories).
   */
  readonly inputs: Readonly<Record<Input, string | readonly string[]>>;
  /** Columns that say who or what a row comes from; none of their entries may be missing. */
  readonly groups?: readonly string[];
  /**
   * What columns must hold: `"number"`, `"category"` (text, whole numbers or true and false, each
   * different one a class), or `"boolean"` (true and false, or 0 and 1). A column that holds
   * anything else is refused. Default: the types of the table, but text most of which are numbers is
   * refused, since one `"n/a"` makes a column of numbers text.
   */
  readonly schema?: Readonly<Record<string, FrameColumnType>>;
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
 * @throws {DataError} When a column is absent, of a type that cannot be read or not that of the
 * schema, has missing values in an input or a group, or a category that is not among those given;
 * names column, row and value.
 */
export function fromDataFrame<Input extends string, Target extends string>(
  table: DataFrame,
  columns: FrameColumns<Input, Target>,
): MultiTaskDataset<Input, Target> {
  return readFrame(table, columns, 0);
}

/** As {@linkcode fromDataFrame}, for a table that is the rows of a file from `firstRow` on. */
export function readFrame<Input extends string, Target extends string>(
  table: DataFrame,
  columns: FrameColumns<Input, Target>,
  firstRow: number,
): MultiTaskDataset<Input, Target> {
  const { categories = {}, schema = {}, groups = [], name = "table", description } = columns;
  checkSchema(columns);
  const read = (column: string) =>
    readColumn(table, column, {
      type: Object.hasOwn(schema, column) ? schema[column] : undefined,
      categories: Object.hasOwn(categories, column) ? categories[column] : undefined,
      firstRow,
    });
  const inputs = Object.entries<string | readonly string[]>(columns.inputs).map(
    ([input, source]): [string, Column] => {
      if (typeof source !== "string") {
        return [input, vector(source.map(read), table.height, firstRow)];
      }
      const { values, labels, missing } = read(source);
      refuseMissing(source, missing, firstRow);
      return [input, { values, shape: [], ...(labels ? { labels } : {}) }];
    },
  );
  const targets = Object.entries<string>(targetColumns(columns)).map(
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
      groups.map((group) => [group, readGroup(table, group)]),
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
      ...Object.values(targetColumns(columns)),
      ...columns.groups ?? [],
    ]),
  ];
}

/** The column of each task. */
function targetColumns<Target extends string>(
  { targets, tasks }: FrameTargets<Target>,
): Readonly<Record<Target, string>> {
  const columns = targets ?? tasks;
  if (columns && !(targets && tasks)) return columns;
  throw new DataError(
    `A table needs the column of each task as targets or as tasks, but ${
      columns ? "both" : "neither"
    } of them ${columns ? "are" : "is"} given.`,
  );
}

function checkSchema(columns: FrameColumns<string, string>): void {
  const used = [...Object.values(columns.inputs).flat(), ...Object.values(targetColumns(columns))];
  for (const [name, type] of Object.entries(columns.schema ?? {})) {
    if (!used.includes(name)) {
      throw new DataError(
        `The schema names the column "${name}", which is neither an input nor a task; those are ${
          used.join(", ")
        }.`,
      );
    }
    if (["number", "category", "boolean"].includes(type)) continue;
    throw new DataError(
      `The schema says "${type}" of the column "${name}"; it may be number, category or boolean.`,
    );
  }
}

function vector(columns: readonly ReadColumn[], rows: number, firstRow: number): Column {
  const width = columns.reduce((sum, { labels }) => sum + (labels?.length ?? 1), 0);
  const all = new Float32Array(rows * width);
  let at = 0;
  for (const { name, values, labels, missing } of columns) {
    refuseMissing(name, missing, firstRow);
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

function refuseMissing(
  name: string,
  missing: readonly boolean[] | undefined,
  firstRow: number,
): void {
  if (!missing) return;
  const rows = missing.filter(Boolean).length;
  throw new DataError(
    `Column "${name}" is an input, but ${rows} of its ${missing.length} values are missing, the ` +
      `first in row ${
        firstRow + missing.indexOf(true)
      }. Fill them (fillNull) or drop these rows first.`,
  );
}
