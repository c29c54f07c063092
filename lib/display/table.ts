import { formatColumn, type FormattedColumn, type IntervalValue } from "./_cells.ts";
import { DisplayObject, type MimeBundle } from "./displayable.ts";
import { element, escapeText } from "./_markup.ts";
import { groupDigits } from "./_numbers.ts";

export type { IntervalValue };

/** The part of a Polars data frame that a table reads. */
export interface DataFrameLike {
  /** Names of the columns. */
  readonly columns: string[];
  /** Number of rows. */
  readonly height: number;
  /** Type of every column. */
  readonly dtypes: readonly unknown[];
  /** So many rows, from one on. */
  slice(offset: number, length: number): DataFrameLike;
  /** One column. */
  getColumn(name: string): { toArray(): unknown[] };
}

/** What {@linkcode table} can show. */
export type TableData =
  | readonly object[]
  | Readonly<Record<string, ArrayLike<unknown>>>
  | DataFrameLike;

/** Settings of {@linkcode table}. */
export interface TableOptions {
  /** Shown above the table. */
  readonly caption?: string;
  /** Decimals of numbers that are not whole; chosen for each column when not given. */
  readonly digits?: number;
  /** Most rows shown: the first and the last ones of a longer table. Default 20. */
  readonly rows?: number;
  /** Show the type of each column, and the shape. Default `true`. */
  readonly types?: boolean;
  /** Which columns, in which order; all when not given. */
  readonly columns?: readonly string[];
}

function isDataFrame(data: TableData): data is DataFrameLike {
  const frame = data as Partial<DataFrameLike>;
  return typeof frame.getColumn === "function" && typeof frame.height === "number" &&
    typeof frame.slice === "function";
}

/** Rows that are shown of a longer table: the first and the last ones. */
interface Cut {
  readonly head: number;
  readonly tail: number;
}

function cutOf(total: number, most: number): Cut {
  if (!(Number.isInteger(most) && most >= 1)) {
    throw new RangeError(`Expected rows to be a whole number of at least 1 but found ${most}`);
  }
  // A note in place of a single row would save nothing.
  if (total <= most + 1) return { head: total, tail: 0 };
  return { head: Math.ceil(most / 2), tail: Math.floor(most / 2) };
}

/** First and last values of an array-like. */
function ends(values: ArrayLike<unknown>, { head, tail }: Cut): unknown[] {
  return [
    ...Array.from({ length: head }, (_, i) => values[i]),
    ...Array.from({ length: tail }, (_, i) => values[values.length - tail + i]),
  ];
}

/** `DataType(List(DataType(Float64)))` as `List(Float64)`. */
function typeName(type: unknown): string {
  let name = String(type);
  while (/DataType\((.*)\)/.test(name)) name = name.replace(/DataType\((.*)\)/, "$1");
  return name.replaceAll(",)", ")");
}

interface Source {
  readonly total: number;
  readonly names: readonly string[];
  column(name: string, cut: Cut): { values: unknown[]; type?: string };
}

function sourceOf(data: TableData): Source {
  if (isDataFrame(data)) {
    return {
      total: data.height,
      names: data.columns,
      column(name, { head, tail }) {
        const part = (offset: number, length: number) =>
          length === 0 ? [] : data.slice(offset, length).getColumn(name).toArray();
        return {
          values: [...part(0, head), ...part(data.height - tail, tail)],
          type: typeName(data.dtypes[data.columns.indexOf(name)]),
        };
      },
    };
  }
  if (Array.isArray(data)) {
    const rows = data as readonly Readonly<Record<string, unknown>>[];
    const names = new Set<string>();
    for (const row of rows) for (const name of Object.keys(row)) names.add(name);
    return {
      total: rows.length,
      names: [...names],
      column: (name, cut) => ({
        values: ends(rows, cut).map((row) => (row as Record<string, unknown>)[name]),
      }),
    };
  }
  const columns = data as Readonly<Record<string, ArrayLike<unknown>>>;
  const names = Object.keys(columns);
  const total = names.length === 0 ? 0 : columns[names[0]].length;
  for (const name of names) {
    if (columns[name].length !== total) {
      throw new RangeError(
        `Column "${name}" has ${columns[name].length} values but column "${names[0]}" has ` +
          `${total}: give every column of a table the same number of values`,
      );
    }
  }
  return { total, names, column: (name, cut) => ({ values: ends(columns[name], cut) }) };
}

/** A table that shows itself; made by {@linkcode table}. */
export class Table extends DisplayObject {
  /** Rows of the whole data, shown or not. */
  readonly totalRows: number;
  readonly #columns: readonly FormattedColumn[];
  readonly #cut: Cut;
  readonly #options: TableOptions;

  /** A table of these data. */
  constructor(data: TableData, options: TableOptions = {}) {
    super();
    const source = sourceOf(data);
    for (const name of options.columns ?? []) {
      if (!source.names.includes(name)) {
        throw new RangeError(
          `The table has no column "${name}": it has ${source.names.join(", ") || "none"}`,
        );
      }
    }
    this.totalRows = source.total;
    this.#options = options;
    this.#cut = cutOf(source.total, options.rows ?? 20);
    this.#columns = (options.columns ?? source.names).map((name) => {
      const { values, type } = source.column(name, this.#cut);
      return formatColumn(name, values, { digits: options.digits, type });
    });
  }

  /** Rows and columns in words, and what was left out. */
  #shape(): string {
    const { head, tail } = this.#cut;
    const left = this.totalRows - head - tail;
    const rows = `${groupDigits(this.totalRows)} ${this.totalRows === 1 ? "row" : "rows"}`;
    const columns = `${this.#columns.length} ${this.#columns.length === 1 ? "column" : "columns"}`;
    const note = left > 0 ? `, ${groupDigits(left)} rows in the middle not shown` : "";
    return `${rows} × ${columns}${note}`;
  }

  #showsShape(): boolean {
    return this.#options.types !== false || this.#cut.tail > 0;
  }

  /** The table as an HTML element. */
  html(): string {
    const types = this.#options.types !== false;
    const { head, tail } = this.#cut;
    const className = (column: FormattedColumn) => column.numeric ? "pt-number" : "pt-text";
    const header = this.#columns.map((column) =>
      element(
        "th",
        { scope: "col", class: className(column) },
        escapeText(column.name) +
          (types ? element("span", { class: "pt-type" }, escapeText(column.type)) : ""),
      )
    ).join("");
    const bodyRow = (i: number) =>
      element(
        "tr",
        {},
        this.#columns.map((column, c) =>
          element(
            c === 0 && !column.numeric ? "th" : "td",
            {
              class: className(column) + (column.missing[i] ? " pt-missing" : ""),
              scope: c === 0 && !column.numeric ? "row" : undefined,
            },
            escapeText(column.cells[i]),
          )
        ).join(""),
      );
    const indices = Array.from({ length: head + tail }, (_, i) => i);
    const rows = indices.map(bodyRow);
    if (tail > 0) {
      const left = groupDigits(this.totalRows - head - tail);
      rows.splice(
        head,
        0,
        element(
          "tr",
          {},
          element(
            "td",
            { class: "pt-gap", colspan: Math.max(1, this.#columns.length) },
            `⋮ ${left} more rows`,
          ),
        ),
      );
    }
    const caption = this.#options.caption
      ? element("caption", {}, escapeText(this.#options.caption))
      : "";
    const table = element(
      "table",
      { class: "pt-table" },
      caption + element("thead", {}, element("tr", {}, header)) +
        element("tbody", {}, rows.join("")),
    );
    const shape = this.#showsShape()
      ? element("p", { class: "pt-note" }, escapeText(this.#shape()))
      : "";
    return element("div", { class: "pt-scroll" }, table) + shape;
  }

  /** The table as lines of text that line up. */
  text(): string {
    const types = this.#options.types !== false;
    const { head, tail } = this.#cut;
    const lines: string[][] = [this.#columns.map((column) => column.name)];
    if (types) lines.push(this.#columns.map((column) => column.type));
    const start = lines.length;
    for (let i = 0; i < head + tail; i++) {
      lines.push(this.#columns.map((column) => column.cells[i]));
    }
    const widths = this.#columns.map((_, c) =>
      lines.reduce((most, line) => Math.max(most, [...line[c]].length), 0)
    );
    const written = lines.map((line) =>
      line.map((cell, c) => {
        const room = " ".repeat(widths[c] - [...cell].length);
        return this.#columns[c].numeric ? room + cell : cell + room;
      }).join("  ").trimEnd()
    );
    if (tail > 0) {
      written.splice(start + head, 0, `⋮ ${groupDigits(this.totalRows - head - tail)} more rows`);
    }
    written.splice(start, 0, widths.map((size) => "─".repeat(size)).join("  "));
    return [
      ...(this.#options.caption ? [this.#options.caption] : []),
      ...written,
      ...(this.#showsShape() ? [this.#shape()] : []),
    ].join("\n");
  }

  /** The table by MIME type: HTML, and words. */
  override bundle(): MimeBundle {
    return {
      "text/html": element("div", { class: "pt-output" }, tableStyle + this.html()),
      "text/plain": this.text(),
    };
  }
}

/** Rules for tables inside outputs; colours follow the page. */
export const tableStyle = element(
  "style",
  {},
  ".pt-scroll{overflow-x:auto;max-width:100%}" +
    ".pt-output table.pt-table{border-collapse:collapse;margin:.4em 0;font-size:.92em;" +
    "font-variant-numeric:tabular-nums;border:0;border-bottom:1.5px solid currentColor}" +
    ".pt-output .pt-table caption{text-align:left;font-weight:600;padding:.2em 0 .5em;" +
    "caption-side:top;color:inherit}" +
    ".pt-output .pt-table tr{background:none;border:0}" +
    ".pt-output .pt-table th,.pt-output .pt-table td{padding:.28em .9em .28em .3em;border:0;" +
    "text-align:left;white-space:nowrap;background:none;font-weight:400;vertical-align:baseline;" +
    "max-width:none;border-top:1px solid rgba(125,125,133,.25)}" +
    ".pt-output .pt-table thead th{font-weight:600;border-top:1.5px solid currentColor;" +
    "border-bottom:1px solid currentColor}" +
    ".pt-output .pt-table .pt-number{text-align:right;padding-right:.5em;padding-left:.9em}" +
    ".pt-output .pt-type{display:block;font-weight:400;font-size:.82em;opacity:.72}" +
    ".pt-output .pt-missing,.pt-output .pt-gap{opacity:.65;font-style:italic}" +
    ".pt-output .pt-note{font-size:.85em;opacity:.8;margin:.2em 0 .6em}",
);

/**
 * Shows data as a table: column types, shape, numbers that line up, the middle of a long table
 * left out. Takes rows (objects), columns (a record of arrays of the same length) or a Polars data
 * frame. `null`, `NaN`, bigint, dates, lists and intervals (`{ mean, lower, upper }`) are written
 * out.
 *
 * @example
 * ```ts
 * import { table } from "polytask";
 * console.log(`${table([
 *   { method: "single task", accuracy: 0.9312 },
 *   { method: "shared trunk", accuracy: 0.9478 },
 * ], { caption: "MultiMNIST, left digit" })}`);
 * ```
 *
 * @throws {RangeError} If columns differ in length, or `options.columns` names one that is not
 * there.
 */
export function table(data: TableData, options: TableOptions = {}): Table {
  return new Table(data, options);
}
