import type { exercises } from "../01_one_task_or_many.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
const best = (scores: number[]) => scores.indexOf(Math.max(...scores));

/** Summed squared deviations from the mean of each class. */
function within(values: number[], classes: number[]): number {
  return sum(values.map((value, at) => {
    const own = values.filter((_, other) => classes[other] === classes[at]);
    return (value - mean(own)) ** 2;
  }));
}

/** Stubs, plausible mistakes and solutions of chapter 01. */
export const keys: AnswerKeys<typeof exercises> = {
  restAccuracy: {
    stub: () => 0,
    wrong: {
      "asks for a positive score": (scores, digits) =>
        scores.filter((row, at) => row[digits[at]] > 0).length / scores.length,
      "takes the first positive score": (scores, digits) =>
        scores.filter((row, at) => row.findIndex((score) => score > 0) === digits[at]).length /
        scores.length,
      "counts instead of sharing": (scores, digits) =>
        scores.filter((row, at) => best(row) === digits[at]).length,
    },
    solution: (scores, digits) =>
      scores.filter((row, at) => best(row) === digits[at]).length / scores.length,
  },
  largestSavingRank: {
    stub: () => 0,
    wrong: {
      "forgets V": (_inputs, tasks) => tasks - 1,
      "allows as many weights": (inputs, tasks) => Math.floor((inputs * tasks) / (inputs + tasks)),
      "rounds": (inputs, tasks) => Math.round((inputs * tasks) / (inputs + tasks)),
    },
    solution: (inputs, tasks) => Math.ceil((inputs * tasks) / (inputs + tasks)) - 1,
  },
  pooledVariance: {
    stub: () => 0,
    wrong: {
      "takes the total variance": (values) =>
        sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1),
      "divides by n": (values, classes) => within(values, classes) / values.length,
      "divides by n - 1": (values, classes) => within(values, classes) / (values.length - 1),
    },
    solution: (values, classes) =>
      within(values, classes) / (values.length - new Set(classes).size),
  },
};
