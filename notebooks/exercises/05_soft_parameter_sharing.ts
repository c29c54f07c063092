import { exercise, near } from "./exercise.ts";

const alike = (got: readonly number[], wanted: readonly number[]) =>
  got.length === wanted.length && wanted.every((value, at) => near(got[at], value));

/** The exercises of chapter 05. */
export const exercises = {
  stitch: exercise(
    "A stitch",
    (answer: (towers: number[][], alpha: number[][], task: number) => number[]) => {
      const towers = [[1, 2, 3], [10, 0, -10]];
      const cases = [
        { towers, alpha: [[0.9, 0.1], [0.3, 0.7]], task: 0, features: [1.9, 1.8, 1.7] },
        { towers, alpha: [[0.9, 0.1], [0.3, 0.7]], task: 1, features: [7.3, 0.6, -6.1] },
        {
          towers: [[1], [2], [4]],
          alpha: [[1, 0, 0], [0, 1, 0], [0.5, 0, 2]],
          task: 2,
          features: [8.5],
        },
      ];
      for (const { towers, alpha, task, features } of cases) {
        const got = answer(towers.map((each) => [...each]), alpha.map((row) => [...row]), task);
        if (!alike(got, features)) {
          return `With alpha ${
            JSON.stringify(alpha)
          } task ${task} goes on with [${features}], but you return [${got}].`;
        }
      }
    },
  ),

  tie: exercise("The L2 tie", (answer: (parameters: number[][]) => number) => {
    const cases = [
      { parameters: [[1, 2], [3, 2]], tie: 2 },
      { parameters: [[1], [1], [4]], tie: 6 },
      { parameters: [[5, -1], [5, -1]], tie: 0 },
    ];
    for (const { parameters, tie } of cases) {
      const got = answer(parameters.map((each) => [...each]));
      if (!near(got, tie)) {
        return `For the towers ${JSON.stringify(parameters)} it is ${tie}, but you return ${got}.`;
      }
    }
  }),

  parameters: exercise(
    "How many parameters?",
    (
      answer: (
        stages: number[],
        channels: number[],
        tasks: number,
        perChannel: boolean,
      ) => number,
    ) => {
      const cases = [
        { stages: [100, 50], channels: [8, 4], tasks: 2, perChannel: false, count: 308 },
        { stages: [100, 50], channels: [8, 4], tasks: 2, perChannel: true, count: 348 },
        { stages: [10], channels: [3], tasks: 3, perChannel: false, count: 39 },
        { stages: [10], channels: [3], tasks: 3, perChannel: true, count: 57 },
      ];
      for (const { stages, channels, tasks, perChannel, count } of cases) {
        const got = answer([...stages], [...channels], tasks, perChannel);
        if (got !== count) {
          return `For stages of ${stages} parameters and ${channels} channels, ${tasks} tasks, ` +
            `perChannel ${perChannel}, there are ${count}, but you return ${got}.`;
        }
      }
    },
  ),

  masked: exercise(
    "What a mask lets through",
    (answer: (features: number[], logits: number[]) => number[]) => {
      const cases = [
        { features: [2, -4, 6], logits: [0, 0, 0], left: [1, -2, 3] },
        { features: [1, 1], logits: [Math.log(3), -Math.log(3)], left: [0.75, 0.25] },
      ];
      for (const { features, logits, left } of cases) {
        const got = answer([...features], [...logits]);
        if (!alike(got, left)) {
          return `Of [${features}] the mask with logits [${
            logits.map((each) => each.toFixed(2))
          }] leaves [${left}], but you return [${got}].`;
        }
      }
    },
  ),
};
