import type { exercises } from "../02_hard_parameter_sharing.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const labelledSum = (losses: number[], mask: number[]) =>
  sum(losses.map((loss, at) => loss * mask[at]));

/** Stubs, plausible mistakes and solutions of chapter 02. */
export const keys: AnswerKeys<typeof exercises> = {
  maskedLoss: {
    stub: () => NaN,
    wrong: {
      "divides by all rows": (losses, mask) => labelledSum(losses, mask) / losses.length,
      "forgets the empty batch": (losses, mask) => labelledSum(losses, mask) / sum(mask),
    },
    solution: (losses, mask) => sum(mask) === 0 ? 0 : labelledSum(losses, mask) / sum(mask),
  },
  savedShare: {
    stub: () => 0,
    wrong: {
      "divides by the shared network": (trunk, heads) =>
        ((heads.length - 1) * trunk) / (trunk + sum(heads)),
      "saves the trunk K times": (trunk, heads) =>
        (heads.length * trunk) / (heads.length * trunk + sum(heads)),
    },
    solution: (trunk, heads) => ((heads.length - 1) * trunk) / (heads.length * trunk + sum(heads)),
  },
  roundDifference: {
    stub: () => 0,
    wrong: {
      "says that there is no difference": () => 0,
      "has the sign the other way round": (theta, rate, first, second) =>
        -(rate ** 2) * second.a * first.a * (theta - first.c),
      "takes the second gradient first": (theta, rate, first, second) =>
        rate ** 2 * second.a * first.a * (theta - second.c),
    },
    solution: (theta, rate, first, second) => rate ** 2 * second.a * first.a * (theta - first.c),
  },
  turnsOf: {
    stub: () => [],
    wrong: {
      "stops when the first task is through": (sizes, batchSize) => {
        const rounds = Math.ceil(Math.min(...sizes) / batchSize);
        return Array.from({ length: rounds }, () => sizes.map((_, task) => task)).flat();
      },
      "goes through one task after the other": (sizes, batchSize) =>
        sizes.flatMap((size, task) => Array(Math.ceil(size / batchSize)).fill(task)),
    },
    solution: (sizes, batchSize) => {
      const rounds = Math.ceil(Math.max(...sizes) / batchSize);
      return Array.from(
        { length: rounds },
        (_, round) => sizes.flatMap((size, task) => round * batchSize < size ? [task] : []),
      ).flat();
    },
  },
};
