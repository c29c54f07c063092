import { exercise, near } from "./exercise.ts";

const alike = (got: readonly number[], wanted: readonly number[]) =>
  got.length === wanted.length && wanted.every((value, at) => near(got[at], value));

/** The exercises of chapter 08. */
export const exercises = {
  projected: exercise(
    "Remove the conflict",
    (answer: (gradient: number[], other: number[]) => number[]) => {
      const cases = [
        { gradient: [1, 0], other: [-1, 1], left: [0.5, 0.5] },
        { gradient: [-4, 1, 1], other: [12, 2, 2], left: [-20 / 38, 60 / 38, 60 / 38] },
        { gradient: [1, 2], other: [3, 0], left: [1, 2] },
        { gradient: [0, 2], other: [3, 0], left: [0, 2] },
      ];
      for (const { gradient, other, left } of cases) {
        const got = answer([...gradient], [...other]);
        if (!alike(got, left)) {
          return `[${gradient}] without its conflict with [${other}] is [${left}], but you return [${got}].`;
        }
      }
    },
  ),

  shortest: exercise(
    "The shortest combination",
    (answer: (gramian: number[][]) => [number, number]) => {
      const cases = [
        { gramian: [[18, -22], [-22, 38]], weights: [0.6, 0.4] },
        { gramian: [[1, 0], [0, 4]], weights: [0.8, 0.2] },
        { gramian: [[1, 2], [2, 9]], weights: [1, 0] },
        { gramian: [[16, 3], [3, 1]], weights: [0, 1] },
      ];
      for (const { gramian, weights } of cases) {
        const got = answer(gramian.map((row) => [...row]));
        if (!alike(got, weights)) {
          return `For the Gramian ${
            JSON.stringify(gramian)
          } they are [${weights}], but you return [${got}].`;
        }
      }
    },
  ),

  hurtTasks: exercise(
    "Who is hurt?",
    (answer: (jacobian: number[][], update: number[]) => number[]) => {
      const cases = [
        { jacobian: [[-4, 1, 1], [6, 1, 1]], update: [1, 1, 1], hurt: [0] },
        { jacobian: [[0, 1, 0], [1, -2, 0], [-1, 0, -1]], update: [-0.1, -0.2, -1.7], hurt: [0] },
        { jacobian: [[1, 0], [0, 1]], update: [2, 0], hurt: [] },
        { jacobian: [[1, 0], [-1, 2], [-1, -1.5]], update: [1, 0], hurt: [1, 2] },
      ];
      for (const { jacobian, update, hurt } of cases) {
        const got = answer(jacobian.map((row) => [...row]), [...update]);
        if (!alike(got, hurt)) {
          return `With rows ${
            JSON.stringify(jacobian)
          } the update [${update}] hurts [${hurt}], but you return [${got}].`;
        }
      }
    },
  ),

  fairSteps: exercise(
    "A fair race",
    (answer: (steps: number, price: number, every: number) => number) => {
      const cases = [
        { steps: 100, price: 2, every: 1, may: 50 },
        { steps: 100, price: 1.5, every: 1, may: 66 },
        { steps: 100, price: 3, every: 3, may: 60 },
        { steps: 11, price: 3, every: 4, may: 7 },
        { steps: 2, price: 3, every: 4, may: 0 },
      ];
      for (const { steps, price, every, may } of cases) {
        const got = answer(steps, price, every);
        if (got !== may) {
          return `In the time of ${steps} steps, at price ${price} and weights held for ${every}, it is ${may}, but you return ${got}.`;
        }
      }
    },
  ),
};
