import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type Panel } from "./figure.ts";
import { generatedAlt } from "./_twin.ts";

/** Settings of {@linkcode heatMap}. */
export interface HeatMapOptions extends ChartOptions {
  /** What the columns are. */
  readonly x: AxisLike;
  /** What the rows are. */
  readonly y: AxisLike;
  /** Names of the rows, from top to bottom. */
  readonly rows: readonly string[];
  /** Same as the rows when not given. */
  readonly columns?: readonly string[];
  /** `values[row][column]`; values that are not finite stay empty. */
  readonly values: readonly ArrayLike<number>[];
  /** What a value is: `"cosine"`, `"count"`. */
  readonly measure: string;
  /** Values of the weakest and the strongest colour; found from the data when not given. */
  readonly range?: readonly [number, number];
  /** Two colours, one each side of zero; by default when there are values below zero. */
  readonly diverging?: boolean;
  /** Decimals; two for small fractions, else chosen from the data, when not given. */
  readonly digits?: number;
}

/** Ends of the colour scale that fit the data; symmetric around zero with two colours. */
function fittingRange(values: readonly number[], diverging: boolean): [number, number] {
  const known = values.filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  if (known.length === 0) return [0, 1];
  if (diverging) {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-most, most];
  }
  return low === high ? [Math.min(0, low), Math.max(1, high)] : [Math.min(0, low), high];
}

/**
 * A matrix as coloured cells with their numbers: a confusion matrix, cosines between gradients,
 * gains from task to task.
 *
 * @example
 * ```ts
 * import { heatMap } from "polytask";
 * const chart = heatMap({
 *   title: "Cosine between task gradients",
 *   x: "task",
 *   y: "task",
 *   measure: "cosine",
 *   rows: ["left", "right"],
 *   values: [[1, -0.2], [-0.2, 1]],
 * });
 * console.log(`${chart}`);
 * ```
 *
 * @throws {RangeError} If `values` has not one row per name, or a row not one value per column.
 */
export function heatMap(options: HeatMapOptions): Chart {
  const { rows, columns = rows } = options;
  if (options.values.length !== rows.length) {
    throw new RangeError(
      `Expected one row of values for each of the ${rows.length} row names but found ` +
        `${options.values.length} rows`,
    );
  }
  options.values.forEach((row, r) => {
    if (row.length !== columns.length) {
      throw new RangeError(
        `Expected ${columns.length} values in row "${rows[r]}" but found ${row.length}`,
      );
    }
  });
  const values = options.values.map((row) => Array.from(row));
  const all = values.flat();
  // Cells are narrow: two decimals are enough for cosines, rates and gains.
  const fraction = all.some((value) => Number.isFinite(value) && !Number.isInteger(value));
  const digits = options.digits ??
    (fraction && all.every((value) => !(Math.abs(value) >= 10)) ? 2 : undefined);
  const diverging = options.diverging ?? all.some((value) => value < 0);
  const panel: Panel = {
    x: axis(options.x),
    y: axis(options.y),
    marks: [{
      kind: "cells",
      name: options.measure,
      rows,
      columns,
      values,
      range: options.range ?? fittingRange(all, diverging),
      diverging,
      digits,
    }],
  };
  return new Chart({
    title: options.title,
    note: options.note,
    alt: options.alt ?? generatedAlt("Heat map", [panel]),
    panels: [panel],
  });
}
