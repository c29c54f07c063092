import { balancerReports } from "../analysis/reports.ts";
import type { History } from "../training/history.ts";
import { Chart, type ChartOptions } from "./chart.ts";
import type { LineMark, Panel } from "./figure.ts";
import { formatNumber } from "./_numbers.ts";
import { type WeightsAs, weightsPanel } from "./_weights_panel.ts";

/** Settings of {@linkcode reportChart}. */
export interface ReportChartOptions extends Partial<ChartOptions> {
  /** Each weight is the mean over so many steps. Default 1. */
  readonly average?: number;
  /** Weights as they are (the default), or each as a share of their sum. */
  readonly weights?: WeightsAs;
}

/**
 * What a balancer did in every step of a run: the weights that it gave, and how often it had
 * something to say (stationary, not converged, clipped), counted from the first step on. A method
 * that falls back cannot hide it here.
 *
 * @example
 * ```ts
 * import { History, reportChart } from "polytask";
 * const history = new History({
 *   run: { seed: 0, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
 *   tasks: ["a", "b"],
 *   epochs: [],
 *   steps: [
 *     { step: 1, epoch: 1, losses: { a: 1, b: 1 }, weights: { a: 0.5, b: 0.5 } },
 *     {
 *       step: 2,
 *       epoch: 1,
 *       losses: { a: 1, b: 1 },
 *       weights: { a: 0.2, b: 0.8 },
 *       notes: ["clipped: the update had length 2"],
 *     },
 *   ],
 *   stopped: "finished",
 * });
 * console.log(`${reportChart(history)}`);
 * ```
 *
 * @throws {Error} When the history holds no step.
 */
export function reportChart(
  history: Pick<History, "tasks" | "steps">,
  options: ReportChartOptions = {},
): Chart {
  const { average = 1, weights: as = "raw" } = options;
  const { steps, silent, kinds } = balancerReports(history);
  if (steps.length === 0) throw new Error("This history holds no step to report on.");
  const weighted = history.steps.flatMap(({ step, weights }) => weights ? [{ step, weights }] : []);
  const reports = [
    ...kinds,
    { kind: "nothing to report", example: "", steps: silent },
  ];
  const panels: Panel[] = [
    ...weighted.length > 0 ? [weightsPanel(history.tasks, weighted, { as, average })] : [],
    {
      title: "what it reported",
      x: { label: "step" },
      y: { label: "steps so far" },
      marks: reports.map(({ kind, steps: found }) => countLine(kind, found, steps)),
    },
  ];
  const share = (count: number) => 100 * count / steps.length;
  return new Chart({
    title: options.title ?? "What the balancer did",
    note: options.note ?? (average > 1 ? `weights: means over ${average} steps` : undefined),
    alt: options.alt ??
      `Reports of ${steps.length} steps: ` + reports.map(({ kind, steps: found }) =>
          `${kind} in ${found.length} (${formatNumber(share(found.length), 3)} %)`
        ).join(", ") +
        `. ` +
        (weighted.length > 0 ? lastWeights(history.tasks, weighted.at(-1)!) : "No weights."),
    panels,
    keyNumbers: reports.map(({ kind, example, steps: found }) => ({
      report: kind,
      steps: found.length,
      "share (%)": share(found.length),
      first: found[0] ?? null,
      last: found.at(-1) ?? null,
      example,
    })),
  });
}

/** How many of the steps found there were up to each step. */
function countLine(name: string, found: readonly number[], steps: readonly number[]): LineMark {
  const wanted = new Set(found);
  let count = 0;
  const y = steps.map((step) => wanted.has(step) ? ++count : count);
  return { kind: "line", name, x: steps, y, symbols: false };
}

function lastWeights(
  tasks: readonly string[],
  { step, weights }: { step: number; weights: Readonly<Record<string, number>> },
): string {
  const each = tasks.filter((task) => task in weights)
    .map((task) => `${task} ${formatNumber(weights[task], 3)}`);
  return `Weights at step ${step}: ${each.join(", ")}.`;
}
