import { Conflicts, conflicts } from "../analysis/conflicts.ts";
import type { History } from "../training/history.ts";
import { Chart, type ChartOptions } from "./chart.ts";
import type { LineMark, Panel } from "./figure.ts";
import { heatMap } from "./heat_map.ts";
import { movingMean, type TaskPair, taskPairs } from "./_conflict_pairs.ts";
import { formatNumber } from "./_numbers.ts";
import { type WeightsAs, weightsPanel } from "./_weights_panel.ts";

/** Settings of {@linkcode cosineMap}. */
export interface CosineMapOptions extends Partial<ChartOptions> {
  /** The recorded step to show, or the last before it; the mean over the run when not given. */
  readonly step?: number;
}

/**
 * The cosines between the task gradients of a run as a heat map: their mean over the recorded
 * steps, or those of one step. Pairs that were never present together stay empty.
 *
 * Takes a history that was trained with `gramianEvery`, or what {@linkcode conflicts} made of it.
 *
 * @example
 * ```ts
 * import { Conflicts, cosineMap, gradientGeometry } from "polytask";
 * const record = { step: 1, epoch: 1, tasks: ["a", "b"], ...gradientGeometry([[1, -1], [-1, 4]]) };
 * console.log(`${cosineMap(new Conflicts(["a", "b"], [record]))}`);
 * ```
 *
 * @throws {Error} When the history holds no Gramian.
 * @throws {RangeError} When nothing was recorded up to `step`.
 */
export function cosineMap(source: History | Conflicts, options: CosineMapOptions = {}): Chart {
  const seen = recorded(source);
  const at = options.step === undefined ? undefined : seen.cosinesAt(options.step);
  return heatMap({
    title: options.title ?? "Cosine between task gradients",
    note: options.note ??
      (at ? `step ${at.step}` : `mean over ${seen.records.length} recorded steps`),
    alt: options.alt,
    x: "task",
    y: "task",
    measure: "cosine",
    rows: seen.tasks,
    values: at?.cosines ?? seen.meanCosines(),
    range: [-1, 1],
    diverging: true,
  });
}

/** What a {@linkcode conflictChart} can show over the steps. */
export type ConflictMeasure =
  | "cosine"
  | "magnitude similarity"
  | "condition number"
  | "weights";

/** Settings of {@linkcode conflictChart}. */
export interface ConflictChartOptions extends Partial<ChartOptions> {
  /** Panels, in this order. Default: all four, the weights only where a balancer reported some. */
  readonly show?: readonly ConflictMeasure[];
  /** Pairs of tasks by name; when not given the eight with the lowest mean cosine. */
  readonly pairs?: readonly (readonly [string, string])[];
  /** Each value is the mean over so many recorded steps, one at either end. Default 1. */
  readonly average?: number;
  /** Weights as they are (the default), or each as a share of their sum. */
  readonly weights?: WeightsAs;
}

const allMeasures: readonly ConflictMeasure[] = [
  "cosine",
  "magnitude similarity",
  "condition number",
  "weights",
];

/**
 * How the task gradients of a run lay to each other over the steps: the cosine and the magnitude
 * similarity of each pair, the condition number of all gradients, and the weights that the balancer
 * gave, a panel each. A notebook shows {@linkcode Conflicts} this way by itself.
 *
 * Takes a history that was trained with `gramianEvery`, or what {@linkcode conflicts} made of it.
 *
 * @example
 * ```ts
 * import { conflictChart, Conflicts, gradientGeometry } from "polytask";
 * const records = [0.5, -0.5].map((product, at) => ({
 *   step: at + 1,
 *   epoch: 1,
 *   tasks: ["a", "b"],
 *   ...gradientGeometry([[1, product], [product, 1]]),
 * }));
 * console.log(`${conflictChart(new Conflicts(["a", "b"], records))}`);
 * ```
 *
 * @throws {Error} When the history holds no Gramian, or no weights where they are asked for.
 * @throws {RangeError} When a pair names a task that is not there, or `average` is not a whole
 * number from 1.
 */
export function conflictChart(
  source: History | Conflicts,
  options: ConflictChartOptions = {},
): Chart {
  const seen = recorded(source);
  const { average = 1, weights: as = "raw" } = options;
  if (!Number.isInteger(average) || average < 1) {
    throw new RangeError(`average must be a whole number from 1, but is ${average}.`);
  }
  const weighted = seen.records.filter(({ weights }) => weights !== undefined);
  const show = options.show ??
    allMeasures.filter((measure) => measure !== "weights" || weighted.length > 0);
  const { pairs, left } = taskPairs(seen, options.pairs);
  const panels = show.map((measure): Panel => {
    if (measure === "weights") {
      const byStep = weighted.map(({ step, tasks, weights }) => ({
        step,
        weights: Object.fromEntries(tasks.map((task, at) => [task, weights![at]])),
      }));
      return weightsPanel(seen.tasks, byStep, { as, average });
    }
    if (measure === "condition number") return conditionPanel(seen, average);
    return {
      title: measure,
      x: { label: "step" },
      y: { label: measure, range: measure === "cosine" ? [-1.04, 1.04] : [0, 1.04] },
      marks: pairs.map((pair) => pairLine(pair, measure, average)),
    };
  });
  const notes = [
    average > 1 ? `means over ${average} recorded steps` : "",
    left > 0 ? `${pairs.length} of ${pairs.length + left} pairs, lowest mean cosine` : "",
  ].filter(Boolean);
  return new Chart({
    title: options.title ?? "How the task gradients lie to each other",
    note: options.note ?? (notes.join("; ") || undefined),
    alt: options.alt ?? told(seen, pairs),
    panels,
    keyNumbers: pairs.map(({ name, cosines, similarities }) => ({
      pair: name,
      "mean cosine": mean(cosines),
      "lowest": cosines.length > 0 ? Math.min(...cosines) : NaN,
      "highest": cosines.length > 0 ? Math.max(...cosines) : NaN,
      "conflicting steps (%)": 100 * below(cosines),
      "mean magnitude similarity": mean(similarities),
    })),
  });
}

function recorded(source: History | Conflicts): Conflicts {
  return source instanceof Conflicts ? source : conflicts(source);
}

function pairLine(
  { name, steps, cosines, similarities }: TaskPair,
  measure: "cosine" | "magnitude similarity",
  average: number,
): LineMark {
  const values = measure === "cosine" ? cosines : similarities;
  return { kind: "line", name, x: steps, y: movingMean(values, average), symbols: false };
}

/** Condition numbers; dependent gradients have none that can be drawn and leave a gap. */
function conditionPanel({ records }: Conflicts, average: number): Panel {
  const values = records.map(({ conditionNumber }) =>
    Number.isFinite(conditionNumber) ? conditionNumber : NaN
  );
  return {
    title: "condition number",
    x: { label: "step" },
    y: { label: "condition number", scale: "log" },
    marks: [{
      kind: "line",
      name: "condition number",
      x: records.map(({ step }) => step),
      y: movingMean(values, average),
      symbols: false,
    }],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of the values below zero. */
function below(values: readonly number[]): number {
  return values.filter((value) => value < 0).length / values.length;
}

/** The same in words, for those who do not see it. */
function told({ records }: Conflicts, pairs: readonly TaskPair[]): string {
  const each = pairs.map(({ name, cosines }) =>
    cosines.length === 0
      ? `${name} were never present together`
      : `${name} have a mean cosine of ${formatNumber(mean(cosines), 3)} and conflict in ` +
        `${formatNumber(100 * below(cosines), 3)} % of the steps`
  );
  const finite = records.map(({ conditionNumber }) => conditionNumber).filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  const condition = finite.length === 0
    ? "The condition number is never finite"
    : `The condition number has a median of ${formatNumber(finite[finite.length >> 1], 3)} and ` +
      `lies between ${formatNumber(finite[0], 3)} and ${formatNumber(finite.at(-1)!, 3)}`;
  const dependent = records.length - finite.length;
  return `Gradients of ${records.length} recorded steps: ${each.join("; ")}. ${condition}` +
    (dependent > 0 && finite.length > 0 ? `, infinite in ${dependent} steps.` : ".");
}
