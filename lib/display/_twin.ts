import type { Axis, CellsMark, Figure, Mark, Panel } from "./figure.ts";
import { axisTitle } from "./figure.ts";
import { formatNumber } from "./_numbers.ts";
import { type Table, table } from "./table.ts";

/** Longest series whose every point is written into the text. */
const mostPoints = 12;
/** Most rows of the table that stands behind a chart. */
const mostRows = 200;

/** Rows of a table, and the order of its columns (keys that look like integers would move). */
interface Rows {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly string[];
}

/** A value, with its interval where there is one. */
function valueAt(mark: Exclude<Mark, CellsMark>, i: number): unknown {
  const { lower, upper } = mark;
  return lower && upper ? { mean: mark.y[i], lower: lower[i], upper: upper[i] } : mark.y[i];
}

function matrixRows(mark: CellsMark, panel: Panel): Rows {
  const corner = `${panel.y.label} \\ ${panel.x.label}`;
  const rows = mark.rows.map((row, r) => ({
    [corner]: row,
    ...Object.fromEntries(mark.columns.map((column, c) => [column, mark.values[r][c]])),
  }));
  return { rows, columns: [corner, ...mark.columns] };
}

/** Whether all series of a panel are given at the same places, so that one row can hold all. */
function sameX(marks: readonly Exclude<Mark, CellsMark>[]): boolean {
  const places = marks.map((mark) => mark.kind === "bars" ? undefined : mark.x);
  const [first] = places;
  return new Set(marks.map((mark) => mark.name)).size === marks.length &&
    places.every((x) =>
      x === first || (x !== undefined && first !== undefined && x.length === first.length &&
        x.every((value, i) => value === first[i]))
    );
}

/** Every number of some marks of a panel as the rows of a table. */
function panelRows(panel: Panel, marks: readonly Mark[] = panel.marks): Rows {
  const matrix = marks.find((mark) => mark.kind === "cells");
  if (matrix) return matrixRows(matrix, panel);
  const drawn = marks.filter((mark) => mark.kind !== "cells");
  if (drawn.length === 0) return { rows: [], columns: [] };
  const xName = axisTitle(panel.x) || (panel.categories ? "name" : "x");
  const place = (mark: Exclude<Mark, CellsMark>, i: number) => {
    const value = mark.kind === "bars" ? i : mark.x[i];
    return panel.categories?.[Math.round(value)] ?? value;
  };
  if (sameX(drawn)) {
    const rows = drawn[0].y.map((_, i) => ({
      [xName]: place(drawn[0], i),
      ...Object.fromEntries(drawn.map((mark) => [mark.name, valueAt(mark, i)])),
    }));
    return { rows, columns: [xName, ...drawn.map((mark) => mark.name)] };
  }
  const yName = axisTitle(panel.y) || "y";
  const labels = drawn.some((mark) => mark.kind === "points" && mark.labels);
  const rows = drawn.flatMap((mark) =>
    mark.y.map((_, i) => ({
      series: mark.name,
      [xName]: place(mark, i),
      [yName]: valueAt(mark, i),
      label: mark.kind === "points" ? mark.labels?.[i] ?? "" : "",
    }))
  );
  return { rows, columns: ["series", xName, yName, ...(labels ? ["label"] : [])] };
}

/** First, last, lowest and highest value of each series of a panel with long series. */
function summaryRows(marks: readonly Mark[]): Rows {
  const rows = marks.filter((mark) => mark.kind !== "cells").map((mark) => {
    const known = mark.y.filter(Number.isFinite);
    return {
      series: mark.name,
      points: mark.y.length,
      first: known[0] ?? null,
      last: known.at(-1) ?? null,
      lowest: known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null,
      highest: known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null,
    };
  });
  return { rows, columns: ["series", "points", "first", "last", "lowest", "highest"] };
}

/** Whether some marks are better told by a summary than point by point. */
function isLong(marks: readonly Mark[]): boolean {
  return marks.some((mark) => mark.kind !== "cells" && mark.y.length > mostPoints);
}

/** The marks that carry the message: single seeds behind a mean do not. */
function mainMarks(panel: Panel): Mark[] {
  return panel.marks.filter((mark) => !(mark.kind === "points" && mark.faint));
}

function rowsTable({ rows, columns }: Rows, panel: Panel, most: number): Table {
  return table(rows, {
    caption: panel.title,
    rows: most,
    types: false,
    columns: rows.length === 0 ? [] : columns,
  });
}

/** All numbers of a figure, a table for each panel. */
export function dataTables(figure: Figure): Table[] {
  return figure.panels.map((panel) => rowsTable(panelRows(panel), panel, mostRows));
}

/** A figure as text: title, what it shows, the key numbers. */
export function figureText(figure: Figure): string {
  const tables = figure.keyNumbers
    ? [table(figure.keyNumbers, { types: false, rows: 40 }).text()]
    : figure.panels.map((panel) => {
      const marks = mainMarks(panel);
      const rows = isLong(marks) ? summaryRows(marks) : panelRows(panel, marks);
      return rowsTable(rows, panel, 40).text();
    });
  return [figure.title, ...(figure.note ? [figure.note] : []), figure.alt, "", tables.join("\n\n")]
    .join("\n");
}

/** Lowest and highest of some numbers in words, or `undefined` when none is finite. */
function between(values: readonly number[], { unit }: Axis): string | undefined {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return undefined;
  const low = known.reduce((a, b) => Math.min(a, b)), high = known.reduce((a, b) => Math.max(a, b));
  const suffix = unit ? (unit === "%" ? " %" : ` ${unit}`) : "";
  return low === high
    ? `is ${formatNumber(low)}${suffix} throughout`
    : `lies between ${formatNumber(low)} and ${formatNumber(high)}${suffix}`;
}

/** What one series does, in words. */
function describe(mark: Exclude<Mark, CellsMark>, panel: Panel): string {
  const known = mark.y.map((_, i) => i).filter((i) => Number.isFinite(mark.y[i]));
  if (known.length === 0) return `${mark.name} has no values`;
  if (mark.kind === "bars" && mark.y.length <= 6) {
    const each = known.map((i) => `${panel.categories?.[i] ?? i} ${formatNumber(mark.y[i])}`);
    return `${mark.name}: ${each.join(", ")}`;
  }
  if (mark.kind === "line") {
    const first = mark.y[known[0]], last = mark.y[known.at(-1)!];
    if (known.length === 1) return `${mark.name} is ${formatNumber(first)}`;
    const verb = last > first ? "rises" : last < first ? "falls" : "goes";
    return `${mark.name} ${verb} from ${formatNumber(first)} to ${formatNumber(last)}`;
  }
  return `${mark.name} ${between(mark.y, panel.y)}`;
}

/** What a chart shows, in words made from its data. */
export function generatedAlt(kind: string, panels: readonly Panel[]): string {
  const sentences = panels.map((panel) => {
    const matrix = panel.marks.find((mark) => mark.kind === "cells");
    const where = panel.title && panel.title !== panel.y.label ? `${panel.title}, ` : "";
    if (matrix) {
      const range = between(matrix.values.flat(), { label: "" }) ?? "has no values";
      return `${where}${matrix.name} by ${panel.y.label} (${matrix.rows.length} rows) and ` +
        `${panel.x.label} (${matrix.columns.length} columns): ${matrix.name} ${range}.`;
    }
    const told = mainMarks(panel).filter((mark) => mark.kind !== "cells")
      .map((mark) => describe(mark, panel));
    return `${where}${axisTitle(panel.y)} by ${axisTitle(panel.x)}: ${told.join("; ")}.`;
  });
  return `${kind} of ${sentences.join(" ")}`;
}
