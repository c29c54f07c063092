import { requireEqualLengths } from "./_check.ts";
import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type Mark, type Panel } from "./figure.ts";
import { generatedAlt } from "./_twin.ts";

/** One set of points of a {@linkcode scatterChart}. */
export interface ScatterSeries {
  /** Name in the legend. */
  readonly name: string;
  /** Place of every point. */
  readonly x: ArrayLike<number>;
  /** Height of every point. */
  readonly y: ArrayLike<number>;
  /** A name for every point; written beside the points when there are at most 24. */
  readonly labels?: readonly string[];
  /** Ends of a vertical interval on each point; both or neither. */
  readonly lower?: ArrayLike<number>;
  /** See `lower`. */
  readonly upper?: ArrayLike<number>;
  /** Join the points in their order: a trade-off curve, a path. Default `false`. */
  readonly joined?: boolean;
}

/** Settings of {@linkcode scatterChart}. */
export interface ScatterChartOptions extends ChartOptions {
  /** What the horizontal axis is. */
  readonly x: AxisLike;
  /** What the vertical axis is. */
  readonly y: AxisLike;
  /** What is drawn. */
  readonly series: readonly ScatterSeries[];
}

/**
 * Points by two measures: one task against another, cost against gain.
 *
 * @example
 * ```ts
 * import { scatterChart } from "polytask";
 * const chart = scatterChart({
 *   title: "What each method reaches",
 *   x: { label: "accuracy of left", unit: "%" },
 *   y: { label: "accuracy of right", unit: "%" },
 *   series: [{ name: "methods", x: [91, 93], y: [90, 89], labels: ["equal", "PCGrad"] }],
 * });
 * console.log(`${chart}`);
 * ```
 *
 * @throws {RangeError} If the arrays of a series differ in length.
 */
export function scatterChart(options: ScatterChartOptions): Chart {
  const marks = options.series.map((series): Mark => {
    const { name, x, y, labels, lower, upper } = series;
    requireEqualLengths(`points "${name}"`, { x, y, labels, lower, upper });
    const common = {
      name,
      x: Array.from(x),
      y: Array.from(y),
      lower: lower && Array.from(lower),
      upper: upper && Array.from(upper),
    };
    return series.joined
      ? { kind: "line", symbols: true, ...common }
      : { kind: "points", labels, ...common };
  });
  const panel: Panel = { x: axis(options.x), y: axis(options.y), marks };
  return new Chart({
    title: options.title,
    note: options.note,
    alt: options.alt ?? generatedAlt("Scatter chart", [panel]),
    panels: [panel],
  });
}
