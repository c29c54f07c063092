import type { LinearModel, LinearPath } from "../linear/mod.ts";
import { singularValues } from "../linear/mod.ts";
import { barChart } from "./bar_chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { heatMap } from "./heat_map.ts";
import { lineChart } from "./line_chart.ts";

/** Settings of {@linkcode linearPathChart}. */
export interface LinearPathChartOptions extends Partial<ChartOptions> {
  /**
   * `"features"`: the length of every feature's coefficients over all tasks (the default). Or the name
   * of a task: its coefficients.
   */
  readonly of?: "features" | { readonly task: string };
  /** At most this many lines, those that grow largest. Default 12. */
  readonly lines?: number;
}

/** Coefficients against the strength of the penalty: which features come in, and when. */
export function linearPathChart(path: LinearPath, options: LinearPathChartOptions = {}): Chart {
  const { of = "features", lines = 12 } = options;
  const { features } = path.models[0];
  const values = path.models.map((model) =>
    of === "features" ? featureLengths(model) : [...model.coefficientsOf(of.task)]
  );
  const size = (j: number) => Math.max(...values.map((own) => Math.abs(own[j])));
  const shown = features.map((_, j) => j).sort((a, b) => size(b) - size(a)).slice(0, lines);
  return lineChart({
    title: options.title ?? "Regularisation path",
    note: options.note ??
      (features.length > lines
        ? `The ${lines} largest of ${features.length} features.`
        : undefined),
    alt: options.alt,
    x: { label: "strength", scale: "log" },
    y: of === "features" ? "length over all tasks" : `coefficient in ${of.task}`,
    symbols: false,
    series: shown.map((j) => ({
      name: features[j],
      x: path.strengths,
      y: values.map((own) => own[j]),
    })),
  });
}

/** Settings of {@linkcode coefficientMap}. */
export interface CoefficientMapOptions extends Partial<ChartOptions> {
  /** At most this many tasks and features, evenly chosen. Default 40 each. */
  readonly most?: number;
  /** Which of the parts that add up to the coefficients; default: their sum. */
  readonly part?: number;
}

/** The coefficients as a map: a row a feature, a column a task (or a class of a task). */
export function coefficientMap(model: LinearModel, options: CoefficientMapOptions = {}): Chart {
  const { most = 40, part } = options;
  const { features, layout } = model;
  const values = part === undefined ? model.coefficients : model.parts[part];
  if (!values) {
    throw new RangeError(`The model has ${model.parts.length} parts, so there is no part ${part}.`);
  }
  const columnNames = layout.tasks.flatMap((task, k) => {
    const width = layout.offsets[k + 1] - layout.offsets[k];
    return width === 1 ? [task] : Array.from(
      { length: width },
      (_, c) => `${task}: ${model.tasks[k].labels?.[c] ?? c}`,
    );
  });
  const rows = evenly(features.length, most), columns = evenly(layout.columns, most);
  const left = [
    rows.length < features.length ? `${rows.length} of ${features.length} features` : "",
    columns.length < layout.columns ? `${columns.length} of ${layout.columns} columns` : "",
  ].filter(Boolean).join(" and ");
  return heatMap({
    title: options.title ?? "Coefficients",
    note: options.note ?? (left ? `Shown: ${left}.` : undefined),
    alt: options.alt,
    x: "task",
    y: "feature",
    measure: "coefficient",
    diverging: true,
    rows: rows.map((j) => features[j]),
    columns: columns.map((k) => columnNames[k]),
    values: rows.map((j) => columns.map((k) => values[k * layout.features + j])),
  });
}

/** Singular values of the coefficients of several models: how many directions they share. */
export function singularValueChart(
  models: Readonly<Record<string, LinearModel>>,
  options: Partial<ChartOptions> = {},
): Chart {
  return lineChart({
    title: options.title ?? "Singular values of the coefficients",
    note: options.note,
    alt: options.alt,
    x: "number",
    y: "singular value",
    series: Object.entries(models).map(([name, { coefficients, layout }]) => ({
      name,
      y: singularValues(coefficients, layout.columns, layout.features),
    })),
  });
}

/** Settings of {@linkcode supportChart}. */
export interface SupportChartOptions extends Partial<ChartOptions> {
  /** The features of the truth, where it is known. */
  readonly truth?: readonly number[];
}

/** In how many tasks each feature has a coefficient, true features apart. */
export function supportChart(model: LinearModel, options: SupportChartOptions = {}): Chart {
  const { features, coefficients } = model;
  const counts = features.map((_, j) => {
    let count = 0;
    for (let i = j; i < coefficients.length; i += features.length) {
      if (coefficients[i] !== 0) count++;
    }
    return count;
  });
  const { truth } = options;
  const series: Record<string, number[]> = truth
    ? {
      "true features": counts.map((count, j) => truth.includes(j) ? count : 0),
      "other features": counts.map((count, j) => truth.includes(j) ? 0 : count),
    }
    : { features: counts };
  return barChart({
    title: options.title ?? "Features in use",
    note: options.note,
    alt: options.alt,
    x: "feature",
    y: "tasks that use it",
    categories: features,
    series,
  });
}

function featureLengths({ features, coefficients }: LinearModel): number[] {
  const squares = features.map(() => 0);
  coefficients.forEach((value, i) => squares[i % features.length] += value * value);
  return squares.map(Math.sqrt);
}

/** At most `most` whole numbers from 0 to `count - 1`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(i * count / most));
}
