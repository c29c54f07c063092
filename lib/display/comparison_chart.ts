import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type Mark, type Panel } from "./figure.ts";
import { formatNumber } from "./_numbers.ts";
import { meanInterval } from "../math/mean_interval.ts";

/** Settings of {@linkcode comparisonChart}. */
export interface ComparisonChartOptions extends ChartOptions {
  /** What is compared: `"accuracy"`. */
  readonly measure: AxisLike;
  /**
   * Measured values: `runs[method][task]` holds one value per seed, in the same order of seeds for
   * every method.
   */
  readonly runs: Readonly<Record<string, Readonly<Record<string, ArrayLike<number>>>>>;
}

/** One panel of a comparison: all methods on one task. */
function taskPanel(options: ComparisonChartOptions, task: string, several: boolean): Panel {
  const methods = Object.keys(options.runs);
  const seeds: { x: number[]; y: number[] } = { x: [], y: [] };
  const means: { x: number[]; y: number[]; lower: number[]; upper: number[] } = {
    x: [],
    y: [],
    lower: [],
    upper: [],
  };
  methods.forEach((method, place) => {
    const values = Array.from(options.runs[method][task] ?? []);
    values.forEach((value, seed) => {
      // Seeds stand side by side left of the mean, in the same order for every method.
      seeds.x.push(place - 0.1 - 0.2 * (values.length - 1 - seed) / Math.max(1, values.length - 1));
      seeds.y.push(value);
    });
    const { mean, lower, upper } = meanInterval(values);
    means.x.push(place + 0.1);
    means.y.push(mean);
    means.lower.push(lower);
    means.upper.push(upper);
  });
  const marks: Mark[] = [
    { kind: "points", name: "mean and 95 % interval", ...means },
    { kind: "points", name: "single seeds", faint: true, ...seeds },
  ];
  return {
    title: several ? task : undefined,
    x: { label: "" },
    y: axis(options.measure),
    categories: methods,
    marks,
  };
}

/** The means and intervals of all methods and tasks, in words. */
function comparisonAlt(options: ComparisonChartOptions, tasks: readonly string[]): string {
  const { label, unit } = axis(options.measure);
  const told = tasks.map((task) => {
    const each = Object.entries(options.runs).map(([method, byTask]) => {
      const { mean, lower, upper } = meanInterval(Array.from(byTask[task] ?? []));
      const interval = Number.isFinite(lower)
        ? ` (${formatNumber(lower)} to ${formatNumber(upper)})`
        : "";
      return Number.isFinite(mean)
        ? `${method} ${formatNumber(mean)}${interval}`
        : `${method} has no values`;
    });
    return `${task}: ${each.join(", ")}`;
  });
  return `Means and 95 % intervals of ${label}${unit ? ` (${unit})` : ""}. ${told.join("; ")}.`;
}

/**
 * Methods side by side, a panel for each task: every seed as a small point, the mean with its 95 %
 * confidence interval (Student's t) beside them. The axis does not start at zero.
 *
 * Overlapping intervals do not mean that methods are alike: with paired seeds, look at the
 * differences seed by seed.
 *
 * @example
 * ```ts
 * import { comparisonChart } from "polytask";
 * const chart = comparisonChart({
 *   title: "One task or two",
 *   measure: "accuracy",
 *   runs: {
 *     "single task": { left: [0.91, 0.92, 0.90], right: [0.88, 0.89, 0.89] },
 *     "shared trunk": { left: [0.93, 0.93, 0.92], right: [0.90, 0.90, 0.91] },
 *   },
 * });
 * console.log(`${chart}`);
 * ```
 */
export function comparisonChart(options: ComparisonChartOptions): Chart {
  const tasks = [...new Set(Object.values(options.runs).flatMap((byTask) => Object.keys(byTask)))];
  const counts = new Set(
    Object.values(options.runs).flatMap((byTask) => Object.values(byTask).map((v) => v.length)),
  );
  const seeds = counts.size === 1 ? `${[...counts][0]} seeds a method` : undefined;
  const panels = tasks.map((task) => taskPanel(options, task, tasks.length > 1));
  return new Chart({
    title: options.title,
    note: options.note ?? seeds,
    alt: options.alt ?? comparisonAlt(options, tasks),
    panels,
  });
}
