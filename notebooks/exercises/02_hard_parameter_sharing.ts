import { exercise, near } from "./exercise.ts";

/** A loss of one number, a parabola with its lowest point at `c`. */
export interface Parabola {
  readonly a: number;
  readonly c: number;
}

/** The exercises of chapter 02. */
export const exercises = {
  maskedLoss: exercise(
    "The masked mean",
    (answer: (losses: number[], mask: number[]) => number) => {
      const cases = [
        { losses: [1, 2, 3], mask: [1, 1, 1], mean: 2 },
        { losses: [4, 9, 2, 7], mask: [1, 0, 1, 0], mean: 3 },
        { losses: [5, 8], mask: [0, 0], mean: 0 },
      ];
      for (const { losses, mask, mean } of cases) {
        const got = answer(losses, mask);
        if (!near(got, mean)) {
          return `For losses [${losses}] and mask [${mask}] it is ${mean}, but you return ${got}.`;
        }
      }
    },
  ),

  savedShare: exercise("Parameters saved", (answer: (trunk: number, heads: number[]) => number) => {
    const cases = [
      { trunk: 100, heads: [0, 0], share: 0.5 },
      { trunk: 90, heads: [10, 20, 30], share: 180 / 330 },
      { trunk: 40, heads: [60], share: 0 },
    ];
    for (const { trunk, heads, share } of cases) {
      const got = answer(trunk, heads);
      if (!near(got, share)) {
        return `For a trunk of ${trunk} and heads [${heads}] it is ${share}, but you return ${got}.`;
      }
    }
  }),

  roundDifference: exercise(
    "Two steps or one",
    (answer: (theta: number, rate: number, first: Parabola, second: Parabola) => number) => {
      const cases = [
        { theta: 1, rate: 0.1, first: { a: 2, c: 0 }, second: { a: 3, c: 0 }, apart: 0.06 },
        { theta: 0, rate: 0.5, first: { a: 1, c: 2 }, second: { a: 4, c: -1 }, apart: -2 },
        { theta: 3, rate: 0.2, first: { a: 1, c: 3 }, second: { a: 5, c: 0 }, apart: 0 },
      ];
      for (const { theta, rate, first, second, apart } of cases) {
        const got = answer(theta, rate, first, second);
        if (!near(got, apart)) {
          return `From ${theta} with rate ${rate}, ${JSON.stringify(first)} and ${
            JSON.stringify(second)
          } it is ${apart}, but you return ${got}.`;
        }
      }
    },
  ),

  turnsOf: exercise("Turns", (answer: (sizes: number[], batchSize: number) => number[]) => {
    const cases = [
      { sizes: [4, 4], batchSize: 2, turns: [0, 1, 0, 1] },
      { sizes: [5, 2, 3], batchSize: 2, turns: [0, 1, 2, 0, 2, 0] },
      { sizes: [1, 7], batchSize: 3, turns: [0, 1, 1, 1] },
    ];
    for (const { sizes, batchSize, turns } of cases) {
      const got = answer(sizes, batchSize);
      if (`${got}` !== `${turns}`) {
        return `For sizes [${sizes}] and batches of ${batchSize} it is [${turns}], but you return [${got}].`;
      }
    }
  }),
};
