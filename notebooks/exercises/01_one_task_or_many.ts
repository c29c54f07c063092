import { exercise, near } from "./exercise.ts";

/** The exercises of chapter 01. */
export const exercises = {
  restAccuracy: exercise(
    "One against the rest",
    (answer: (scores: number[][], digits: number[]) => number) => {
      const cases = [
        { scores: [[2, -1, -3], [-1, 3, 0]], digits: [0, 1], share: 1 },
        { scores: [[-5, -1, -3], [-1, -2, -9]], digits: [1, 0], share: 1 },
        {
          scores: [[1, 4, 2], [3, 1, 2], [-1, -2, -3], [0, 5, 9]],
          digits: [0, 0, 0, 1],
          share: 0.5,
        },
      ];
      for (const { scores, digits, share } of cases) {
        const got = answer(scores, digits);
        if (!near(got, share)) {
          return `For scores ${
            JSON.stringify(scores)
          } and digits [${digits}] it is ${share}, but you return ${got}.`;
        }
      }
    },
  ),

  largestSavingRank: exercise(
    "When a factor saves parameters",
    (answer: (inputs: number, tasks: number) => number) => {
      const cases = [
        { inputs: 784, tasks: 10, rank: 9 },
        { inputs: 10, tasks: 10, rank: 4 },
        { inputs: 100, tasks: 2, rank: 1 },
        { inputs: 4, tasks: 12, rank: 2 },
      ];
      for (const { inputs, tasks, rank } of cases) {
        const got = answer(inputs, tasks);
        if (got !== rank) {
          return `For ${inputs} inputs and ${tasks} tasks it is ${rank}: ` +
            `${rank * (inputs + tasks)} weights are fewer than ${inputs * tasks}, and rank ${
              rank + 1
            } has ${(rank + 1) * (inputs + tasks)}. You return ${got}.`;
        }
      }
    },
  ),

  pooledVariance: exercise(
    "The pooled within-class variance",
    (answer: (values: number[], classes: number[]) => number) => {
      const cases = [
        { values: [1, 3, 10, 12], classes: [0, 0, 1, 1], variance: 2 },
        { values: [0, 3, 6, 5, 5], classes: [0, 0, 0, 1, 1], variance: 6 },
        { values: [7, 1, 9], classes: [2, 5, 5], variance: 32 },
      ];
      for (const { values, classes, variance } of cases) {
        const got = answer(values, classes);
        if (!near(got, variance)) {
          return `For values [${values}] of classes [${classes}] it is ${variance}, but you return ${got}.`;
        }
      }
    },
  ),
};
