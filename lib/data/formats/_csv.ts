import { CsvError, parse } from "csv-parse/sync";
import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";
import { splitPlain } from "./_split_plain.ts";

/** How a file of separated values is written. */
export interface CsvOptions {
  /** The file, for messages. */
  readonly file: string;
  /** Between fields. Default `","`. */
  readonly delimiter?: string;
  /** Names of the columns, in order, when the first line does not give them. */
  readonly columns?: readonly string[];
  /** Lines in front that are no data. Default 0. */
  readonly skipLines?: number;
}

/**
 * The records of any separated values.
 * @throws {DataFormatError} When rows differ in length or a quote is left open.
 */
export function parseFully(
  bytes: Uint8Array,
  file: string,
  delimiter: string,
  skipLines: number,
): string[][] {
  try {
    return parse(bytes, {
      bom: true,
      delimiter,
      from_line: 1 + skipLines,
      ignore_last_delimiters: false,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines) || 1;
    throw new DataFormatError(file, line, `${printable(error.message)}.`, "line");
  }
}

/** Columns of text that are read as numbers or categories on demand. */
export class TextTable {
  readonly #columns: ReadonlyMap<string, readonly string[]>;

  private constructor(
    /** Number of rows. */
    readonly rows: number,
    readonly file: string,
    /** Line of the first row. */
    readonly firstLine: number,
    columns: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#columns = columns;
  }

  /**
   * Reads separated values; spaces around fields are dropped, empty lines passed over.
   * @throws {DataFormatError} When a row has another number of fields than there are columns, a
   * quote is left open, or the header names other columns.
   */
  static parse(bytes: Uint8Array, options: CsvOptions): TextTable {
    const { file, delimiter = ",", columns, skipLines = 0 } = options;
    const records = splitPlain(new TextDecoder().decode(bytes), delimiter, skipLines) ??
      parseFully(bytes, file, delimiter, skipLines);
    const names = columns ?? records.shift() ?? [];
    const width = records[0]?.length ?? names.length;
    if (width !== names.length || new Set(names).size !== names.length) {
      throw new DataFormatError(
        file,
        1 + skipLines,
        `expected ${names.length} columns of different names, found ${width} fields.`,
        "line",
      );
    }
    const table = names.map((name, at): [string, string[]] => [
      name,
      records.map((record) => record[at]),
    ]);
    return new TextTable(records.length, file, 1 + skipLines + (columns ? 0 : 1), new Map(table));
  }

  /** Names of the columns, in order. */
  get names(): string[] {
    return [...this.#columns.keys()];
  }

  /** One column as it is written. @throws {DataFormatError} When there is none of that name. */
  text(name: string): readonly string[] {
    const column = this.#columns.get(name);
    if (column) return column;
    throw new DataFormatError(
      this.file,
      this.firstLine,
      `expected a column "${name}", found ${printable(this.names.join(", "))}.`,
      "line",
    );
  }

  /** One column as numbers; fields equal to `missing` become `NaN`. */
  numbers(name: string, missing?: string): Float32Array {
    return Float32Array.from(this.text(name), (field, row) => {
      if (field === missing) return NaN;
      const value = field === "" ? NaN : Number(field);
      if (Number.isFinite(value)) return value;
      throw this.#unexpected(name, row, "a number", field);
    });
  }

  /** One column as indices into `labels`; fields equal to `missing` become -1. */
  codes(name: string, labels: readonly string[], missing?: string): Int32Array {
    const index = new Map(labels.map((label, at) => [label, at]));
    return Int32Array.from(this.text(name), (field, row) => {
      if (field === missing) return -1;
      const code = index.get(field);
      if (code !== undefined) return code;
      throw this.#unexpected(name, row, `one of ${labels.join(", ")}`, field);
    });
  }

  /** The different fields of a column in the order of their letters, without `missing`. */
  vocabulary(name: string, missing?: string): string[] {
    return [...new Set(this.text(name))].filter((field) => field !== missing).sort();
  }

  #unexpected(name: string, row: number, expected: string, found: string): DataFormatError {
    return new DataFormatError(
      this.file,
      this.firstLine + row,
      `column "${name}" should hold ${printable(expected)}, but holds "${printable(found)}".`,
      "line",
    );
  }
}
