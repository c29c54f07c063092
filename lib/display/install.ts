import * as tf from "@tensorflow/tfjs";
import { Comparison } from "../analysis/compare.ts";
import { Conflicts } from "../analysis/conflicts.ts";
import { comparisonBundle } from "./_comparison_display.ts";
import { conflictChart } from "./conflict_charts.ts";
import { displaySymbol, type MimeBundle } from "./displayable.ts";
import { historyChart, historyTable } from "./history_chart.ts";
import { kernelDisplay } from "./_kernel.ts";
import { liveHistory } from "./live_history.ts";
import { modelDiagram } from "./model_diagram.ts";
import { MultiTaskModel } from "../models/model.ts";
import type { ModelStructure } from "../models/structure.ts";
import type { Task } from "../tasks/task.ts";
import { tensorBundle } from "./_tensor_display.ts";
import { History } from "../training/history.ts";
import { setDefaultObserver } from "../training/observer.ts";

/** Gives all objects of a class a display of their own. */
function install<T extends object>(
  prototype: T,
  bundle: (value: T) => MimeBundle | Promise<MimeBundle>,
): void {
  Object.defineProperty(prototype, displaySymbol, {
    value(this: T) {
      return bundle(this);
    },
    configurable: true,
    writable: true,
  });
}

/** The picture of a model; of one that has no variables yet, what to do. */
function modelBundle(model: Pick<MultiTaskModel<readonly Task[]>, "structure">): MimeBundle {
  let structure: ModelStructure;
  try {
    structure = model.structure();
  } catch (error) {
    return { "text/plain": error instanceof Error ? error.message : String(error) };
  }
  return modelDiagram(structure).bundle();
}

/** The curves of a history; in a notebook its table stands above them. */
async function historyBundle(history: History): Promise<MimeBundle> {
  const figures = historyTable(history);
  if (history.epochs.length === 0) return figures.bundle();
  const chart = historyChart(history).bundle();
  await kernelDisplay()?.display(figures.bundle());
  return { ...chart, "text/plain": `${chart["text/plain"]}\n\n${figures.text()}` };
}

/**
 * Gives tensors, models, histories, comparisons and conflicts a display of their own, and lets `fit`
 * show its progress.
 * Runs when "polytask" is imported; running it again changes nothing.
 */
export function installDisplays(): void {
  install(tf.Tensor.prototype, tensorBundle);
  install(MultiTaskModel.prototype, modelBundle);
  install(Comparison.prototype, comparisonBundle);
  install(Conflicts.prototype, (seen) => conflictChart(seen).bundle());
  install(History.prototype, historyBundle);
  setDefaultObserver(liveHistory);
}
