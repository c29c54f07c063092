import { columnFormat, formatNumber, groupDigits } from "./_numbers.ts";

/** An estimate with the ends of its interval, shown as one cell: `0.971 [0.968, 0.974]`. */
export interface IntervalValue {
  /** The mean. */
  readonly mean: number;
  /** Lower end of its interval. */
  readonly lower: number;
  /** Upper end of its interval. */
  readonly upper: number;
}

/** A column ready to be shown. */
export interface FormattedColumn {
  readonly name: string;
  /** `"integer"`, `"text"` … or the type that the data frame gives. */
  readonly type: string;
  readonly cells: readonly string[];
  /** Numbers stand at the right, everything else at the left. */
  readonly numeric: boolean;
  /** Which cells hold nothing. */
  readonly missing: readonly boolean[];
}

const longestText = 80;

export function isInterval(value: unknown): value is IntervalValue {
  if (value === null || typeof value !== "object") return false;
  const { mean, lower, upper } = value as Partial<IntervalValue>;
  return typeof mean === "number" && typeof lower === "number" && typeof upper === "number";
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** `null` is a value that is missing; `undefined` one that was never there. */
function missingText(value: unknown): string {
  return value === undefined ? "–" : "null";
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= longestText
    ? text
    : characters.slice(0, longestText - 1).join("") + "…";
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Any value in one line. */
function formatAny(value: unknown, dateOnly = false): string {
  if (isMissing(value)) return missingText(value);
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "bigint") return groupDigits(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return "invalid date";
    const iso = value.toISOString();
    return dateOnly ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
  }
  if (isInterval(value)) {
    const format = columnFormat([value.mean, value.lower, value.upper]);
    return `${format(value.mean)} [${format(value.lower)}, ${format(value.upper)}]`;
  }
  if (isList(value)) {
    const first = Array.from({ length: Math.min(4, value.length) }, (_, i) => formatAny(value[i]));
    return value.length > 4
      ? `[${first.join(", ")}, … ${groupDigits(value.length)} values]`
      : `[${first.join(", ")}]`;
  }
  if (typeof value === "object") {
    try {
      const json = JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part);
      return shorten(json ?? String(value));
    } catch {
      return shorten(Object.prototype.toString.call(value));
    }
  }
  return shorten(String(value).replace(/\s+/g, " "));
}

/** Name of the kind of values that a column holds. */
function typeOf(values: readonly unknown[]): string {
  const kinds = new Set(
    values.filter((value) => !isMissing(value)).map((value) => {
      if (typeof value === "number") return "number";
      if (typeof value === "string") return "text";
      if (value instanceof Date) return "date";
      if (isInterval(value)) return "interval";
      if (isList(value)) return "list";
      return typeof value;
    }),
  );
  if (kinds.size === 0) return "empty";
  if (kinds.size > 1) return "mixed";
  const [kind] = kinds;
  const whole = kind === "number" &&
    values.every((value) => isMissing(value) || Number.isInteger(value));
  return whole ? "integer" : kind;
}

/** Formats one column so that its cells line up. */
export function formatColumn(
  name: string,
  values: readonly unknown[],
  options: { digits?: number; type?: string } = {},
): FormattedColumn {
  const kind = typeOf(values);
  const missing = values.map(isMissing);
  let cells: string[];
  if (kind === "number" || kind === "integer") {
    const present = values.filter((value) => typeof value === "number");
    const format = columnFormat(present, kind === "integer" ? undefined : options.digits);
    cells = values.map((value) => typeof value === "number" ? format(value) : missingText(value));
  } else if (kind === "interval") {
    const parts = values.filter(isInterval).flatMap((v) => [v.mean, v.lower, v.upper]);
    const format = columnFormat(parts, options.digits);
    cells = values.map((value) =>
      isInterval(value)
        ? `${format(value.mean)} [${format(value.lower)}, ${format(value.upper)}]`
        : missingText(value)
    );
  } else {
    const dateOnly = kind === "date" &&
      values.every((value) => !(value instanceof Date) || value.getTime() % 86_400_000 === 0);
    cells = values.map((value) => formatAny(value, dateOnly));
  }
  return {
    name,
    type: options.type ?? kind,
    cells,
    numeric: ["number", "integer", "bigint", "interval"].includes(kind),
    missing,
  };
}
