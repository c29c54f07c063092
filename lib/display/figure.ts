/** One axis of a panel. */
export interface Axis {
  /** What is measured: `"accuracy"`. */
  readonly label: string;
  /** Its unit, shown in brackets: `"%"`, `"s"`. */
  readonly unit?: string;
  /** Default `"linear"`; `"log"` wants values above zero, others are left out. */
  readonly scale?: "linear" | "log";
  /** Lowest and highest value shown; found from the data when not given. */
  readonly range?: readonly [number, number];
}

/** An axis, or just its label. */
export type AxisLike = Axis | string;

/** Colour and pattern (dash, symbol) of a series, as places in the palette. */
export interface Look {
  /** Place among the colours. */
  readonly colour: number;
  /** Place among the dashes and symbols. */
  readonly pattern: number;
}

/** Points joined by a line, with an optional interval around it. */
export interface LineMark {
  /** Tells it from other marks. */
  readonly kind: "line";
  /** Name in the legend. */
  readonly name: string;
  /** Places of the points, in rising order. */
  readonly x: readonly number[];
  /** Height of every point. */
  readonly y: readonly number[];
  /** Lower and upper ends of an interval at every `x`; both or neither. */
  readonly lower?: readonly number[];
  /** See `lower`. */
  readonly upper?: readonly number[];
  /** Show a symbol at every point. */
  readonly symbols?: boolean;
  /** The place in the legend decides when not given. */
  readonly look?: Look;
}

/** Points that are not joined, with an optional interval on each. */
export interface PointsMark {
  /** Tells it from other marks. */
  readonly kind: "points";
  /** Name in the legend. */
  readonly name: string;
  /** Place of every point. */
  readonly x: readonly number[];
  /** Height of every point. */
  readonly y: readonly number[];
  /** Lower and upper ends of an interval on every point; both or neither. */
  readonly lower?: readonly number[];
  /** See `lower`. */
  readonly upper?: readonly number[];
  /** A label for every point, shown beside it when there are few. */
  readonly labels?: readonly string[];
  /** Small and pale: single seeds behind a mean. */
  readonly faint?: boolean;
}

/** Bars over the categories of the panel, with an optional interval on each. */
export interface BarsMark {
  /** Tells it from other marks. */
  readonly kind: "bars";
  /** Name in the legend. */
  readonly name: string;
  /** One value per category. */
  readonly y: readonly number[];
  /** Lower and upper ends of an interval on every bar; both or neither. */
  readonly lower?: readonly number[];
  /** See `lower`. */
  readonly upper?: readonly number[];
}

/** A coloured cell for every pair of a row and a column. */
export interface CellsMark {
  /** Tells it from other marks. */
  readonly kind: "cells";
  /** What the colour means. */
  readonly name: string;
  /** Names of the rows, from top to bottom. */
  readonly rows: readonly string[];
  /** Names of the columns, from left to right. */
  readonly columns: readonly string[];
  /** `values[row][column]`. */
  readonly values: readonly (readonly number[])[];
  /** Values that get the weakest and the strongest colour. */
  readonly range: readonly [number, number];
  /** Two colours, one each side of zero. */
  readonly diverging: boolean;
  /** Decimals in the cells; chosen from the data when not given. */
  readonly digits?: number;
}

/** Heights over a panel, drawn behind its marks. */
export interface Field {
  /** What the height is: `"loss"`. */
  readonly label: string;
  /** Places of the columns and of the rows, evenly spaced and rising. */
  readonly x: readonly number[];
  /** See `x`. */
  readonly y: readonly number[];
  /** `values[row][column]`. */
  readonly values: readonly (readonly number[])[];
}

/** What can be drawn in a panel. */
export type Mark = LineMark | PointsMark | BarsMark | CellsMark;

/** One pair of axes and what is drawn on it. */
export interface Panel {
  /** Shown above the panel when a figure has several. */
  readonly title?: string;
  /** The horizontal axis. */
  readonly x: Axis;
  /** The vertical axis. */
  readonly y: Axis;
  /** Names at x = 0, 1, 2 …, instead of numbers. */
  readonly categories?: readonly string[];
  /** What is drawn, the last on top. */
  readonly marks: readonly Mark[];
  /** What lies behind the marks. */
  readonly field?: Field;
}

/** A chart, before it is drawn in any way: the one description behind all its forms. */
export interface Figure {
  /** Shown above the chart. */
  readonly title: string;
  /** What the chart shows, in words, for those who do not see it. */
  readonly alt: string;
  /** From left to right; they share the legend. */
  readonly panels: readonly Panel[];
  /** A sentence under the title: what the interval is, how many seeds. */
  readonly note?: string;
  /** Rows of the table in the text; made from the data when not given. */
  readonly keyNumbers?: readonly Readonly<Record<string, unknown>>[];
}

/** The axis that a label stands for. */
export function axis(like: AxisLike): Axis {
  return typeof like === "string" ? { label: like } : like;
}

/** Label of an axis with its unit: `"time (s)"`. */
export function axisTitle({ label, unit }: Axis): string {
  return unit ? `${label} (${unit})` : label;
}

/** The series of a figure by name, in order of appearance; each looks the same in all panels. */
export function seriesLooks(figure: Figure): Map<string, Look> {
  const looks = new Map<string, Look>();
  for (const mark of figure.panels.flatMap((panel) => panel.marks)) {
    if (mark.kind === "cells" || looks.has(mark.name)) continue;
    const given = mark.kind === "line" ? mark.look : undefined;
    looks.set(mark.name, given ?? { colour: looks.size, pattern: looks.size });
  }
  return looks;
}
