import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type Figure, type LineMark, type Panel } from "./figure.ts";
import { generatedAlt } from "./_twin.ts";
import { requireEqualLengths } from "./_check.ts";

/** One line of a {@linkcode lineChart}. */
export interface LineSeries {
  /** Name in the legend. */
  readonly name: string;
  /** Height of every point. */
  readonly y: ArrayLike<number>;
  /** Places of the values; 1, 2, 3 … when not given. */
  readonly x?: ArrayLike<number>;
  /** Ends of an interval around the line; both or neither. */
  readonly lower?: ArrayLike<number>;
  /** See `lower`. */
  readonly upper?: ArrayLike<number>;
}

/** Settings of {@linkcode lineChart}. */
export interface LineChartOptions extends ChartOptions {
  /** What the horizontal axis is. */
  readonly x: AxisLike;
  /** What the vertical axis is. */
  readonly y: AxisLike;
  /** Lines by name, or with their own places and intervals. */
  readonly series: Readonly<Record<string, ArrayLike<number>>> | readonly LineSeries[];
  /** Show a symbol at every value; by default where a line has at most 20. */
  readonly symbols?: boolean;
}

function lineMark(series: LineSeries, symbols: boolean | undefined): LineMark {
  const { name, y, x, lower, upper } = series;
  requireEqualLengths(`line "${name}"`, { y, x, lower, upper });
  if ((lower === undefined) !== (upper === undefined)) {
    throw new TypeError(`Line "${name}" has only one end of its interval: give lower and upper`);
  }
  return {
    kind: "line",
    name,
    x: x ? Array.from(x) : Array.from(y, (_, i) => i + 1),
    y: Array.from(y),
    lower: lower && Array.from(lower),
    upper: upper && Array.from(upper),
    symbols: symbols ?? y.length <= 20,
  };
}

/**
 * Lines over a common axis, with an interval around each that has one. Values that are not finite
 * leave a gap.
 *
 * @example
 * ```ts
 * import { lineChart } from "polytask";
 * const chart = lineChart({
 *   title: "Accuracy while training",
 *   x: "epoch",
 *   y: "accuracy",
 *   series: { train: [0.71, 0.88, 0.93], validation: [0.70, 0.85, 0.88] },
 * });
 * console.log(`${chart}`);
 * ```
 *
 * @throws {RangeError} If the arrays of a line differ in length.
 */
export function lineChart(options: LineChartOptions): Chart {
  const list = Array.isArray(options.series)
    ? options.series as readonly LineSeries[]
    : Object.entries(options.series as Readonly<Record<string, ArrayLike<number>>>)
      .map(([name, y]) => ({ name, y }));
  const panel: Panel = {
    x: axis(options.x),
    y: axis(options.y),
    marks: list.map((series) => lineMark(series, options.symbols)),
  };
  const figure: Figure = {
    title: options.title,
    note: options.note,
    alt: options.alt ?? generatedAlt("Line chart", [panel]),
    panels: [panel],
  };
  return new Chart(figure);
}
