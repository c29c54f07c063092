import { requireEqualLengths } from "./_check.ts";
import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type BarsMark, type Panel } from "./figure.ts";
import { generatedAlt } from "./_twin.ts";

/** One set of bars of a {@linkcode barChart}. */
export interface BarSeries {
  /** Name in the legend. */
  readonly name: string;
  /** One value per category. */
  readonly values: ArrayLike<number>;
  /** Ends of an interval on each bar; both or neither. */
  readonly lower?: ArrayLike<number>;
  /** Upper ends; see `lower`. */
  readonly upper?: ArrayLike<number>;
}

/** Settings of {@linkcode barChart}. */
export interface BarChartOptions extends ChartOptions {
  /** Names under the bars. */
  readonly categories: readonly string[];
  /** What the categories are. */
  readonly x: AxisLike;
  /** What the height of a bar is. */
  readonly y: AxisLike;
  /** Sets of bars by name, or with their intervals; several stand side by side. */
  readonly series: Readonly<Record<string, ArrayLike<number>>> | readonly BarSeries[];
}

/**
 * Bars over named categories, with an interval on each that has one. The axis starts at zero:
 * where only the upper end matters, {@linkcode comparisonChart} tells more.
 *
 * @example
 * ```ts
 * import { barChart } from "polytask";
 * const chart = barChart({
 *   title: "Accuracy by digit",
 *   x: "digit",
 *   y: "accuracy",
 *   categories: ["0", "1"],
 *   series: [{ name: "accuracy", values: [0.97, 0.98], lower: [0.96, 0.97], upper: [0.98, 0.99] }],
 * });
 * console.log(`${chart}`);
 * ```
 *
 * @throws {RangeError} If a series has not one value per category.
 */
export function barChart(options: BarChartOptions): Chart {
  const { categories } = options;
  const list = Array.isArray(options.series)
    ? options.series as readonly BarSeries[]
    : Object.entries(options.series as Readonly<Record<string, ArrayLike<number>>>)
      .map(([name, values]) => ({ name, values }));
  const marks = list.map(({ name, values, lower, upper }: BarSeries): BarsMark => {
    requireEqualLengths(`bars "${name}"`, { categories, values, lower, upper });
    if ((lower === undefined) !== (upper === undefined)) {
      throw new TypeError(`Bars "${name}" have only one end of their interval: give both`);
    }
    return {
      kind: "bars",
      name,
      y: Array.from(values),
      lower: lower && Array.from(lower),
      upper: upper && Array.from(upper),
    };
  });
  const panel: Panel = { x: axis(options.x), y: axis(options.y), categories, marks };
  return new Chart({
    title: options.title,
    note: options.note,
    alt: options.alt ?? generatedAlt("Bar chart", [panel]),
    panels: [panel],
  });
}
