import type { Figure, LineMark, Panel } from "./figure.ts";
import { generatedAlt } from "./_twin.ts";
import type { EpochRecord } from "../training/history.ts";

/** Which data a figure was measured on. */
type Split = "train" | "validation";

/** Training losses between epochs. */
export interface LossTrace {
  /** In epochs, so 1.5 is half-way through the second. */
  readonly epoch: readonly number[];
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

function taskLine(
  epochs: readonly EpochRecord[],
  tasks: readonly string[],
  task: string,
  split: Split,
  figure: string,
): LineMark | undefined {
  const known = epochs.filter((record) => record[split]?.[task]?.[figure] !== undefined);
  if (known.length === 0) return undefined;
  return {
    kind: "line",
    name: `${task}, ${split}`,
    x: known.map((record) => record.epoch),
    y: known.map((record) => record[split]![task][figure]),
    symbols: known.length <= 20,
    // Colour tells the task, the pattern tells training from validation.
    look: { colour: tasks.indexOf(task), pattern: split === "train" ? 0 : 1 },
  };
}

/** The loss, and the first metric of each task: the table of a history has the others. */
function figureNames(tasks: readonly string[], epochs: readonly EpochRecord[]): string[] {
  const names = new Set(["loss"]);
  for (const task of tasks) {
    const figures = epochs.map((record) => record.validation?.[task] ?? record.train[task])
      .find((byName) => byName !== undefined);
    const metric = Object.keys(figures ?? {}).find((name) => name !== "loss");
    if (metric !== undefined) names.add(metric);
  }
  return [...names];
}

/**
 * Loss and main metric of every task over the epochs, a panel for each; `trace` refines the training
 * losses while epochs are few.
 */
export function trainingFigure(
  title: string,
  tasks: readonly string[],
  epochs: readonly EpochRecord[],
  options: { trace?: LossTrace; totalEpochs?: number; note?: string } = {},
): Figure {
  const { trace, totalEpochs } = options;
  const panels = figureNames(tasks, epochs).map((name): Panel => {
    const marks: LineMark[] = [];
    for (const task of tasks) {
      const traced = name === "loss" ? trace?.losses[task] : undefined;
      const train: LineMark | undefined = traced && trace
        ? {
          kind: "line",
          name: `${task}, train`,
          x: trace.epoch,
          y: traced,
          look: { colour: tasks.indexOf(task), pattern: 0 },
        }
        : taskLine(epochs, tasks, task, "train", name);
      const validation = taskLine(epochs, tasks, task, "validation", name);
      if (train) marks.push(train);
      if (validation) marks.push(validation);
    }
    return {
      title: name,
      x: { label: "epoch", range: totalEpochs ? [trace ? 0 : 1, totalEpochs] : undefined },
      y: { label: name },
      marks,
    };
  });
  return { title, note: options.note, alt: generatedAlt("Curves", panels), panels };
}
