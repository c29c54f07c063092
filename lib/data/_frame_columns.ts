import type { DataFrame, Series } from "nodejs-polars";
import { hasNotANumber } from "./_check_columns.ts";
import { DataError } from "./errors.ts";

/** What a column of a table holds. */
export type FrameColumnType = "number" | "category" | "boolean";

/** A column of a table as numbers. */
export interface ReadColumn {
  readonly name: string;
  /** Numbers, or indices into `labels`. */
  readonly values: Float32Array | Int32Array;
  readonly labels?: readonly string[];
  /** Where a value is missing; absent when none is. Its value is 0. */
  readonly missing?: readonly boolean[];
}

/** How {@linkcode readColumn} reads. */
export interface ReadOptions {
  /** Default: what the table's own type says. */
  readonly type?: FrameColumnType;
  /** Default: the different entries, in the order of their letters (whole numbers by size). */
  readonly categories?: readonly string[];
  /** Row of the file that the table begins with, for messages. Default 0. */
  readonly firstRow?: number;
}

type Entry = string | number | bigint | boolean | null;

/**
 * Reads a column; see `fromDataFrame`.
 * @throws {DataError} When it is absent or an entry is not of its type; names column, row and value.
 */
export function readColumn(
  table: DataFrame,
  name: string,
  { type, categories, firstRow = 0 }: ReadOptions,
): ReadColumn {
  const series = seriesOf(table, name);
  const stored = storedType(name, series);
  const wanted = type ?? (stored === "text" ? "category" : stored);
  if (wanted === "category") {
    if (!type && !categories) refuseNumbersAsText(name, entriesOf(series), firstRow);
    return readCategories(name, entriesOf(series), categories, firstRow);
  }
  if (wanted === "number" && stored === "number") return readNumbers(name, series);
  const found = entriesOf(series);
  const wrong = firstWrong(found, wanted);
  if (wrong >= 0) {
    throw new DataError(
      `Column "${name}" holds ${quoted(found[wrong])} in row ${firstRow + wrong}, but its schema ` +
        `says ${wanted}; mend that entry, make it null, or change the schema.`,
    );
  }
  return readEntries(name, found);
}

/** The members of a group column, row by row: texts and numbers. @throws {DataError} At a null. */
export function readGroup(table: DataFrame, name: string): (string | number)[] {
  const entries = entriesOf(seriesOf(table, name));
  const missing = entries.findIndex((entry) => entry === null || Number.isNaN(entry));
  if (missing >= 0) {
    throw new DataError(
      `Column "${name}" is a group, but says nothing in row ${missing}; fill it, or drop that row.`,
    );
  }
  return entries.map((entry) => {
    // Numbers of 64 bits come as bigint; those that no double can tell apart stay exact as text.
    if (typeof entry === "bigint") {
      return Number.isSafeInteger(Number(entry)) ? Number(entry) : String(entry);
    }
    return typeof entry === "number" ? entry : String(entry);
  });
}

/**
 * The categories of a column in their order: texts by their letters, whole numbers by size.
 * @throws {DataError} When texts are mostly numbers, so that the column may be meant as one.
 */
export function categoriesOf(
  name: string,
  series: Series,
  type: FrameColumnType | undefined,
): string[] {
  const entries = entriesOf(series);
  if (!type) refuseNumbersAsText(name, entries);
  return inOrder(entries);
}

/** Whether a column is read as categories. */
export function isCategory(series: Series, type: FrameColumnType | undefined): boolean {
  return type ? type === "category" : isText(series);
}

function isText(series: Series): boolean {
  return /^(String|Utf8|Categorical)/.test(typeName(series));
}

function typeName(series: Series): string {
  return String(series.dtype).replace(/^DataType\((.*)\)$/, "$1");
}

function storedType(name: string, series: Series): "number" | "boolean" | "text" {
  const type = typeName(series);
  if (/^(U?Int|Float)\d+$/.test(type)) return "number";
  if (/^Bool/.test(type)) return "boolean";
  if (isText(series)) return "text";
  throw new DataError(
    `Column "${name}" is of type ${type}; only numbers, true and false, and text can be read.`,
  );
}

function entriesOf(series: Series): Entry[] {
  return series.toArray() as Entry[];
}

function fits(entry: Exclude<Entry, null>, type: "number" | "boolean"): boolean {
  if (type === "number") return typeof entry === "number" || typeof entry === "bigint";
  return typeof entry === "boolean" ||
    (typeof entry !== "string" && [0, 1].includes(Number(entry)));
}

/** The row that a message names: of texts, the first that is not even written like a number. */
function firstWrong(entries: readonly Entry[], type: "number" | "boolean"): number {
  const isWrong = (entry: Entry) => entry !== null && !fits(entry, type);
  const odd = entries.findIndex((entry) => isWrong(entry) && !looksLikeNumber(String(entry)));
  return odd >= 0 ? odd : entries.findIndex(isWrong);
}

function quoted(entry: Entry): string {
  return typeof entry === "string" ? `"${entry.slice(0, MOST_SHOWN)}"` : String(entry);
}

/** Characters of an entry that a message shows. */
const MOST_SHOWN = 40;

/**
 * One entry that is no number makes a table's whole column text, which would become a category for
 * each of its numbers in silence.
 */
function refuseNumbersAsText(name: string, entries: readonly Entry[], firstRow?: number): void {
  const texts = new Set(entries.filter((entry) => entry !== null).map(String));
  const others = [...texts].filter((text) => !looksLikeNumber(text));
  const numbers = texts.size - others.length;
  if (numbers <= others.length) return;
  const row = firstRow === undefined || others.length === 0
    ? ""
    : ` in row ${firstRow + entries.indexOf(others[0])}`;
  throw new DataError(
    `Column "${name}" is text, but ${numbers} of its ${texts.size} different texts are numbers` +
      `${
        others.length > 0 ? `, and "${others[0].slice(0, MOST_SHOWN)}"${row} is not` : ""
      }; make ` +
      `it a column of numbers, or say schema: { "${name}": "category" }.`,
  );
}

function looksLikeNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** Types whose arrays hold ordinary numbers. */
const PLAIN_NUMBERS = /^(U?Int(8|16|32)|Float\d+)$/;

function readNumbers(name: string, series: Series): ReadColumn {
  if (!PLAIN_NUMBERS.test(typeName(series))) return readEntries(name, entriesOf(series));
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

function readEntries(name: string, entries: readonly Entry[]): ReadColumn {
  const missing = entries.map((entry) => entry === null || Number.isNaN(entry));
  const values = Float32Array.from(entries, (entry, row) => missing[row] ? 0 : Number(entry));
  return { name, values, ...(missing.includes(true) ? { missing } : {}) };
}

function readCategories(
  name: string,
  entries: readonly Entry[],
  given: readonly string[] | undefined,
  firstRow: number,
): ReadColumn {
  const labels = given ?? inOrder(entries);
  const indices = new Map(labels.map((label, index) => [label, index]));
  const unknown = entries.findIndex((entry) => entry !== null && !indices.has(String(entry)));
  if (unknown >= 0) {
    throw new DataError(
      `Column "${name}" holds ${quoted(entries[unknown])} in row ${firstRow + unknown}, which is ` +
        `not among its categories ${labels.join(", ")}.`,
    );
  }
  const missing = entries.map((entry) => entry === null);
  const values = Int32Array.from(
    entries,
    (entry) => entry === null ? 0 : indices.get(String(entry))!,
  );
  return { name, values, labels, ...(missing.includes(true) ? { missing } : {}) };
}

/** The different entries: texts by their letters, numbers by size. */
function inOrder(entries: readonly Entry[]): string[] {
  const different = [...new Set(entries.filter((entry) => entry !== null))];
  const texts = different.every((entry) => typeof entry === "number" || typeof entry === "bigint")
    ? different.sort((one, other) => Number(one) - Number(other)).map(String)
    : different.map(String).sort();
  return texts;
}

/** A column by name. @throws {DataError} When the table has none. */
function seriesOf(table: DataFrame, name: string): Series {
  if (table.columns.includes(name)) return table.getColumn(name);
  throw new DataError(`The table has no column "${name}"; it has ${table.columns.join(", ")}.`);
}
