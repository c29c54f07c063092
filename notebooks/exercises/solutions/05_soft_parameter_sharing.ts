import type { exercises } from "../05_soft_parameter_sharing.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mixed = (towers: number[][], weights: number[]) =>
  towers[0].map((_, at) => sum(towers.map((tower, from) => weights[from] * tower[at])));
const meanOf = (rows: number[][]) =>
  rows[0].map((_, at) => sum(rows.map((row) => row[at])) / rows.length);

/** Stubs, plausible mistakes and solutions of chapter 05. */
export const keys: AnswerKeys<typeof exercises> = {
  stitch: {
    stub: (towers, _alpha, task) => towers[task],
    wrong: {
      "takes the column instead of the row": (towers, alpha, task) =>
        mixed(towers, alpha.map((row) => row[task])),
      "weights the own tower alone": (towers, alpha, task) =>
        towers[task].map((value) => alpha[task][task] * value),
    },
    solution: (towers, alpha, task) => mixed(towers, alpha[task]),
  },
  tie: {
    stub: () => 0,
    wrong: {
      "takes the mean over the towers": (parameters) => {
        const mean = meanOf(parameters);
        return sum(
          parameters.map((each) => sum(each.map((value, at) => (value - mean[at]) ** 2))),
        ) /
          parameters.length;
      },
      "takes the distance to the first tower": (parameters) =>
        sum(
          parameters.map((each) => sum(each.map((value, at) => (value - parameters[0][at]) ** 2))),
        ),
    },
    solution: (parameters) => {
      const mean = meanOf(parameters);
      return sum(parameters.map((each) => sum(each.map((value, at) => (value - mean[at]) ** 2))));
    },
  },
  parameters: {
    stub: (stages) => sum(stages),
    wrong: {
      "counts the stitches once for a task, not for each pair": (stages, channels, tasks, each) =>
        tasks * sum(stages) + tasks * sum(channels.map((count) => each ? count : 1)),
      "forgets the stitches": (stages, _channels, tasks) => tasks * sum(stages),
      "has one tower": (stages, channels, tasks, each) =>
        sum(stages) + tasks ** 2 * sum(channels.map((count) => each ? count : 1)),
    },
    solution: (stages, channels, tasks, each) =>
      tasks * sum(stages) + tasks ** 2 * sum(channels.map((count) => each ? count : 1)),
  },
  masked: {
    stub: (features) => features,
    wrong: {
      "multiplies by the logits": (features, logits) =>
        features.map((value, at) => value * logits[at]),
      "takes the exponential": (features, logits) =>
        features.map((value, at) => value * Math.exp(logits[at])),
      "turns the mask around": (features, logits) =>
        features.map((value, at) => value / (1 + Math.exp(logits[at]))),
    },
    solution: (features, logits) =>
      features.map((value, at) => value / (1 + Math.exp(-logits[at]))),
  },
};
