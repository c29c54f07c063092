import type { exercises } from "../00_start_here.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const best = (scores: number[]) => scores.indexOf(Math.max(...scores));

/** Stubs, plausible mistakes and solutions of chapter 00. */
export const keys: AnswerKeys<typeof exercises> = {
  sharedShare: {
    stub: () => 0,
    wrong: {
      "divides by the head parameters alone": ({ shared, byTask }) =>
        shared / sum(Object.values(byTask)),
      "counts one head": ({ shared, byTask }) => shared / (shared + Object.values(byTask)[0]),
    },
    solution: ({ shared, byTask }) => shared / (shared + sum(Object.values(byTask))),
  },
  jointLoss: {
    stub: () => 0,
    wrong: {
      "forgets the weights": (losses) => sum(losses),
      "takes the mean": (losses, weights) =>
        sum(losses.map((loss, at) => loss * weights[at])) / losses.length,
    },
    solution: (losses, weights) => sum(losses.map((loss, at) => loss * weights[at])),
  },
  accuracy: {
    stub: () => 0,
    wrong: {
      "counts a missing label as a mistake": (logits, labels) =>
        labels.filter((label, at) => label === best(logits[at])).length / labels.length,
      "counts a missing label as right": (logits, labels) =>
        labels.filter((label, at) => label === null || label === best(logits[at])).length /
        labels.length,
    },
    solution: (logits, labels) => {
      const labelled = labels.flatMap((label, at) => label === null ? [] : [{ label, at }]);
      return labelled.filter(({ label, at }) => label === best(logits[at])).length /
        labelled.length;
    },
  },
};
