import { CsvError, parse } from "csv-parse/sync";
import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";
import { type Distinct, type Fields, numberOf, RecordFields } from "./_fields.ts";
import { PlainFields } from "./_plain_fields.ts";

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

/** Columns that are read as text, numbers or categories on demand. */
export class TextTable {
  readonly #fields: Fields;
  readonly #firstRow: number;
  readonly #found = new Map<string, Distinct>();

  private constructor(
    fields: Fields,
    /** Names of the columns, in order. */
    readonly names: readonly string[],
    firstRow: number,
    readonly file: string,
    /** Line of the first row. */
    readonly firstLine: number,
  ) {
    this.#fields = fields;
    this.#firstRow = firstRow;
  }

  /**
   * Reads separated values; spaces around fields are dropped, empty lines passed over.
   * @throws {DataFormatError} When a row has another number of fields than there are columns, a
   * quote is left open, or the header names other columns.
   */
  static parse(bytes: Uint8Array, options: CsvOptions): TextTable {
    const { file, delimiter = ",", columns, skipLines = 0 } = options;
    const fields = PlainFields.find(bytes, delimiter, skipLines) ??
      new RecordFields(parseFully(bytes, file, delimiter, skipLines));
    const names = columns ?? (fields.rows > 0 ? fields.record(0) : []);
    const firstRow = columns || fields.rows === 0 ? 0 : 1;
    const width = fields.rows > firstRow ? fields.width : names.length;
    if (width !== names.length || new Set(names).size !== names.length) {
      throw new DataFormatError(
        file,
        1 + skipLines,
        `expected ${names.length} columns of different names, found ${width} fields.`,
        "line",
      );
    }
    return new TextTable(fields, names, firstRow, file, 1 + skipLines + (columns ? 0 : 1));
  }

  /** Number of rows. */
  get rows(): number {
    return this.#fields.rows - this.#firstRow;
  }

  /** One column as it is written. @throws {DataFormatError} When there is none of that name. */
  text(name: string): readonly string[] {
    const { texts, codes } = this.#distinct(name);
    return Array.from(codes, (code) => texts[code]);
  }

  /** One column as numbers; fields equal to `missing` become `NaN`. */
  numbers(name: string, missing?: string): Float32Array {
    const values = new Float32Array(this.rows);
    if (missing !== undefined) {
      const { texts, codes } = this.#distinct(name);
      const numbers = texts.map(numberOf);
      const absent = texts.indexOf(missing);
      for (let row = 0; row < values.length; row++) {
        values[row] = codes[row] === absent ? NaN : numbers[codes[row]];
        if (Number.isNaN(values[row]) && codes[row] !== absent) {
          throw this.#unexpected(name, row, "a number", texts[codes[row]]);
        }
      }
      return values;
    }
    const [fields, firstRow, column] = [this.#fields, this.#firstRow, this.#at(name)];
    for (let row = 0; row < values.length; row++) {
      const value = fields.number(firstRow + row, column);
      if (value !== value) {
        throw this.#unexpected(name, row, "a number", fields.record(firstRow + row)[column]);
      }
      values[row] = value;
    }
    return values;
  }

  /** One column as indices into `labels`; fields equal to `missing` become -1. */
  codes(name: string, labels: readonly string[], missing?: string): Int32Array {
    const { texts, codes } = this.#distinct(name);
    const index = new Map(labels.map((label, at) => [label, at]));
    const labelOf = texts.map((text) => text === missing ? -1 : index.get(text));
    const unknown = labelOf.indexOf(undefined);
    if (unknown >= 0) {
      const expected = `one of ${labels.join(", ")}`;
      throw this.#unexpected(name, codes.indexOf(unknown), expected, texts[unknown]);
    }
    return codes.map((code) => labelOf[code]!);
  }

  /** The different fields of a column in the order of their letters, without `missing`. */
  vocabulary(name: string, missing?: string): string[] {
    return this.#distinct(name).texts.filter((text) => text !== missing).sort();
  }

  #at(name: string): number {
    const column = this.names.indexOf(name);
    if (column >= 0) return column;
    throw new DataFormatError(
      this.file,
      this.firstLine,
      `expected a column "${name}", found ${printable(this.names.join(", "))}.`,
      "line",
    );
  }

  #distinct(name: string): Distinct {
    const known = this.#found.get(name);
    if (known) return known;
    const distinct = this.#fields.distinct(this.#at(name), this.#firstRow);
    this.#found.set(name, distinct);
    return distinct;
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
