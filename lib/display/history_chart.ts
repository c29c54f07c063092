import { Chart } from "./chart.ts";
import { trainingFigure } from "./_curves.ts";
import { formatDuration } from "./progress.ts";
import { type Table, table } from "./table.ts";
import type { History } from "../training/history.ts";

/** What `fit` returns, as far as a chart needs it; a history read from JSON will do. */
export type HistoryLike = Pick<History, "tasks" | "epochs" | "stopped" | "bestEpoch" | "run">;

/** One sentence about the run. */
function runNote({ epochs, stopped, bestEpoch, run }: HistoryLike): string {
  const last = epochs.at(-1);
  const parts = [
    `${epochs.length} ${epochs.length === 1 ? "epoch" : "epochs"}` +
    (last ? `, ${last.step} steps in ${formatDuration(last.seconds * 1000)}` : ""),
    `backend ${run.backend}`,
    `seed ${run.seed}`,
  ];
  if (stopped === "interrupted") parts.push("interrupted");
  else if (stopped !== "finished") parts.push(`ended by ${stopped}`);
  if (bestEpoch !== undefined) parts.push(`weights of epoch ${bestEpoch} kept`);
  return parts.join(", ");
}

/**
 * The curves of a history: loss and metrics of every task over the epochs, training and
 * validation. A notebook shows a history this way by itself.
 */
export function historyChart(history: HistoryLike, title = "Training"): Chart {
  return new Chart(
    trainingFigure(title, history.tasks, history.epochs, { note: runNote(history) }),
  );
}

/**
 * The figures of the epoch whose weights the model has, a row for each task: those on the
 * validation data, and what was measured while training.
 */
export function historyTable(history: HistoryLike): Table {
  const { epochs, bestEpoch, tasks } = history;
  const record = bestEpoch === undefined
    ? epochs.at(-1)
    : epochs.find(({ epoch }) => epoch === bestEpoch);
  if (!record) return table([], { caption: "No epoch was finished", types: false });
  const rows = tasks.map((task) => {
    const row: Record<string, unknown> = { task };
    for (const [figure, value] of Object.entries(record.train[task] ?? {})) {
      row[`training ${figure}`] = value;
    }
    for (const [figure, value] of Object.entries(record.validation?.[task] ?? {})) {
      row[figure] = value;
    }
    return row;
  });
  const caption = `After epoch ${record.epoch}${record.validation ? ", on validation data" : ""}`;
  return table(rows, { caption, types: false });
}
