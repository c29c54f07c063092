import type { exercises } from "../07_weighting_tasks_by_their_losses.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
const softmax = (values: number[]) => {
  const powers = values.map(Math.exp);
  return powers.map((power) => power / sum(powers));
};
const geometricMean = (losses: number[]) => Math.exp(mean(losses.map(Math.log)));

/** Stubs, plausible mistakes and solutions of chapter 07. */
export const keys: AnswerKeys<typeof exercises> = {
  uncertaintyTotal: {
    stub: () => NaN,
    wrong: {
      "forgets the log variances": (losses, logVariances) =>
        sum(losses.map((loss, k) => loss * Math.exp(-logVariances[k]) / 2)),
      "forgets the halves": (losses, logVariances) =>
        sum(losses.map((loss, k) => loss * Math.exp(-logVariances[k]) + logVariances[k])),
      "multiplies by the variance": (losses, logVariances) =>
        sum(losses.map((loss, k) => (loss * Math.exp(logVariances[k]) + logVariances[k]) / 2)),
    },
    solution: (losses, logVariances) =>
      sum(losses.map((loss, k) => (loss * Math.exp(-logVariances[k]) + logVariances[k]) / 2)),
  },
  lambdaFor: {
    stub: () => 1,
    wrong: {
      "turns it round": (theta, a, b) => (theta - b) / (a - theta),
      "takes the ratio of the losses": (theta, a, b) => (theta - a) ** 2 / (theta - b) ** 2,
    },
    solution: (theta, a, b) => (theta - a) / (b - theta),
  },
  dwaWeights: {
    stub: (before) => before.map(() => 1),
    wrong: {
      "sums to 1": (before, last, temperature) =>
        softmax(last.map((loss, k) => loss / before[k] / temperature)),
      "has the rate upside down": (before, last, temperature) =>
        softmax(last.map((loss, k) => before[k] / loss / temperature))
          .map((share) => share * last.length),
      "forgets the temperature": (before, last) =>
        softmax(last.map((loss, k) => loss / before[k])).map((share) => share * last.length),
    },
    solution: (before, last, temperature) =>
      softmax(last.map((loss, k) => loss / before[k] / temperature))
        .map((share) => share * last.length),
  },
  geometricWeights: {
    stub: (losses) => losses.map(() => 1 / losses.length),
    wrong: {
      "divides by the product": (losses) =>
        losses.map((loss) =>
          loss / (losses.length * losses.reduce((product, each) => product * each, 1))
        ),
      "forgets the number of tasks": (losses) => losses.map((loss) => geometricMean(losses) / loss),
    },
    solution: (losses) => losses.map((loss) => geometricMean(losses) / (losses.length * loss)),
  },
  gradnormTargets: {
    stub: (norms) => norms,
    wrong: {
      "takes the ratios as they are": (norms, ratios, alpha) =>
        ratios.map((ratio) => mean(norms) * ratio ** alpha),
      "scales every length by itself": (norms, ratios, alpha) =>
        ratios.map((ratio, k) => norms[k] * (ratio / mean(ratios)) ** alpha),
    },
    solution: (norms, ratios, alpha) =>
      ratios.map((ratio) => mean(norms) * (ratio / mean(ratios)) ** alpha),
  },
};
