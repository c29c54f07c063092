import { movingMean } from "./_conflict_pairs.ts";
import type { LineMark, Panel } from "./figure.ts";

/** Weights as they are, or each as a share of the sum of their sizes. */
export type WeightsAs = "raw" | "share";

/** Lines of more tasks than this cannot be told apart. */
const MOST_TASKS = 8;

/** The weights of the tasks over the steps, those that vary most where there are many. */
export function weightsPanel(
  tasks: readonly string[],
  steps: readonly { readonly step: number; readonly weights: Readonly<Record<string, number>> }[],
  { as, average }: { readonly as: WeightsAs; readonly average: number },
): Panel {
  if (steps.length === 0) {
    throw new Error("This history holds no weights: its balancer reported none.");
  }
  const lines = tasks.map((task): LineMark => {
    const own = steps.filter(({ weights }) => task in weights);
    return {
      kind: "line",
      name: task,
      x: own.map(({ step }) => step),
      y: movingMean(
        own.map(({ weights }) => weights[task] / (as === "raw" ? 1 : sum(weights))),
        average,
      ),
      symbols: false,
    };
  });
  const shown = new Set(lines.toSorted((a, b) => spread(b) - spread(a)).slice(0, MOST_TASKS));
  const title = as === "raw" ? "weights" : "shares of the weights";
  return {
    title: shown.size < lines.length ? `${title} (${shown.size} of ${lines.length} tasks)` : title,
    x: { label: "step" },
    y: { label: as === "raw" ? "weight" : "share" },
    marks: lines.filter((line) => shown.has(line)),
  };
}

function sum(weights: Readonly<Record<string, number>>): number {
  return Object.values(weights).reduce((total, weight) => total + Math.abs(weight), 0);
}

function spread({ y }: LineMark): number {
  return y.length === 0 ? -1 : Math.max(...y) - Math.min(...y);
}
