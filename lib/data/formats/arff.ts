import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";

/** One column of an ARFF file. */
export interface ArffAttribute {
  /** Name of the column. */
  readonly name: string;
  /** The values it may have, in order; `undefined` for a number. */
  readonly labels?: readonly string[];
  /** Numbers, or indices into `labels`; `NaN` where the file has "?". */
  readonly values: Float64Array;
}

/** What an ARFF file holds. */
export interface ArffTable {
  /** What the file calls its table. */
  readonly relation: string;
  /** The columns, in order. */
  readonly attributes: readonly ArffAttribute[];
  /** Number of rows. */
  readonly rows: number;
}

/** Options of {@linkcode parseArff}. */
export interface ArffOptions {
  /** Name of the file for messages. Default `"ARFF file"`. */
  readonly file?: string;
}

interface Declared {
  readonly name: string;
  readonly labels?: readonly string[];
}

const MOST_ATTRIBUTES = 100_000;

/**
 * Reads an ARFF file with numeric and nominal attributes (Weka's format). Dense rows only; text,
 * date and relational attributes, sparse rows and weights are refused. Allocates one number for
 * each field that is really there.
 *
 * Source: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
 *
 * @throws {DataFormatError} When the file is not that; names the line.
 */
export function parseArff(bytes: Uint8Array, options: ArffOptions = {}): ArffTable {
  const { file = "ARFF file" } = options;
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  const fail = (line: number, problem: string): never => {
    throw new DataFormatError(file, line + 1, problem, "line");
  };
  let relation = "";
  const declared: Declared[] = [];
  let line = 0;
  for (;; line++) {
    if (line >= lines.length) fail(line, `expected "@data", but the file ends.`);
    const text = lines[line].trim();
    if (text === "" || text.startsWith("%")) continue;
    if (/^@data\b/i.test(text)) break;
    if (/^@relation\b/i.test(text)) {
      relation = unquote(text.slice("@relation".length).trim());
    } else if (/^@attribute\b/i.test(text)) {
      if (declared.length >= MOST_ATTRIBUTES) {
        fail(line, `there are more than ${MOST_ATTRIBUTES} attributes.`);
      }
      declared.push(declaration(text.slice("@attribute".length).trim(), (why) => fail(line, why)));
    } else {
      fail(line, `expected @relation, @attribute or @data, found "${printable(text)}".`);
    }
  }
  if (declared.length === 0) fail(line, "expected at least one @attribute before @data.");
  const data: { line: number; text: string }[] = [];
  for (line++; line < lines.length; line++) {
    const text = lines[line].trim();
    if (text !== "" && !text.startsWith("%")) data.push({ line, text });
  }
  // Rows are read before columns are made, so that a header alone allocates nothing.
  const rows = data.map(({ line, text }) =>
    fieldsOf(text, declared.length, (why) => fail(line, why))
  );
  const attributes = declared.map((attribute, column): ArffAttribute => {
    const index = attribute.labels && new Map(attribute.labels.map((label, at) => [label, at]));
    const values = Float64Array.from(rows, (fields, row) => {
      const field = fields[column];
      if (field === "?") return NaN;
      const value = index ? index.get(unquote(field)) : field === "" ? NaN : Number(field);
      if (value !== undefined && Number.isFinite(value)) return value;
      const expected = attribute.labels ? `one of ${attribute.labels.join(", ")}` : "a number";
      return fail(
        data[row].line,
        `attribute "${printable(attribute.name)}" should be ${printable(expected)}, but is ` +
          `"${printable(field)}".`,
      );
    });
    return { ...attribute, values };
  });
  return { relation, attributes, rows: rows.length };
}

/** Name and type of an attribute: `petal numeric`, `'a b' {x, y}`. */
function declaration(text: string, fail: (problem: string) => never): Declared {
  const parts = /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s{]+)\s*(.*)$/.exec(text);
  if (!parts) return fail(`expected a name and a type, found "${printable(text)}".`);
  const name = unquote(unquote(parts[1]));
  const type = parts[2].trim();
  if (/^(numeric|real|integer)$/i.test(type)) return { name };
  const labels = /^\{(.*)\}$/.exec(type);
  if (!labels) {
    return fail(
      `attribute "${printable(name)}" has the type "${printable(type)}"; only numbers and ` +
        `{lists, of, values} are read.`,
    );
  }
  return { name, labels: split(labels[1]).map(unquote) };
}

function fieldsOf(text: string, count: number, fail: (problem: string) => never): string[] {
  if (text.startsWith("{")) return fail("sparse rows are not read.");
  const fields = split(text);
  if (fields.length === count) return fields;
  return fail(`expected ${count} fields, found ${fields.length}.`);
}

/** Fields between commas; a comma within quotes does not count. */
function split(text: string): string[] {
  if (!/["']/.test(text)) return text.split(",").map((field) => field.trim());
  const fields: string[] = [];
  let field = "";
  let quote = "";
  for (const character of text) {
    if (quote === "" && character === ",") {
      fields.push(field.trim());
      field = "";
      continue;
    }
    if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    field += character;
  }
  fields.push(field.trim());
  return fields;
}

function unquote(text: string): string {
  const quoted = /^"(.*)"$/s.exec(text) ?? /^'(.*)'$/s.exec(text);
  return quoted ? quoted[1] : text;
}
