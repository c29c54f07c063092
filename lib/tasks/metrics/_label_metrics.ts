import type { Metric } from "../task.ts";
import { FoundTally } from "./found_score.ts";
import { meanMetric, tallyMetric } from "./_metric.ts";

/** Figures that a task with several yes-or-no labels can show. */
export type LabelMetric = "accuracy" | "microF1" | "macroF1" | "exactMatch";

/** The metrics of a task with several labels by name; the raw outputs are `count` logits. */
export function labelMetrics(
  count: number,
): { readonly [Name in LabelMetric]: Metric<Name> } {
  const share =
    (finish: (right: number) => number) =>
    ({ output, target }: { output: ArrayLike<number>; target: ArrayLike<number> }, row: number) => {
      let right = 0;
      for (let at = row * count; at < (row + 1) * count; at++) {
        if (Number(output[at] > 0) === target[at]) right++;
      }
      return finish(right);
    };
  const tallies = <Name extends string>(
    name: Name,
    result: (tallies: readonly FoundTally[]) => number,
  ) =>
    tallyMetric(
      name,
      true,
      () => Array.from({ length: count }, () => new FoundTally()),
      (labels, { output, target }, row) => {
        labels.forEach((tally, label) => {
          const at = row * count + label;
          tally.add(output[at] > 0, target[at] === 1);
        });
      },
      result,
    );
  return {
    accuracy: meanMetric("accuracy", true, share((right) => right / count)),
    exactMatch: meanMetric("exactMatch", true, share((right) => right === count ? 1 : 0)),
    microF1: tallies("microF1", (labels) => {
      const all = new FoundTally();
      for (const { found, truth, right } of labels) {
        all.found += found;
        all.truth += truth;
        all.right += right;
      }
      return all.score().f1;
    }),
    macroF1: tallies("macroF1", (labels) => {
      const scores = labels.map((tally) => tally.score().f1).filter((f1) => !Number.isNaN(f1));
      return scores.reduce((sum, f1) => sum + f1, 0) / scores.length;
    }),
  };
}
