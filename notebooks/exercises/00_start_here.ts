import { exercise, near } from "./exercise.ts";

/** The exercises of chapter 00. */
export const exercises = {
  sharedShare: exercise(
    "How much is shared",
    (answer: (counts: { shared: number; byTask: Record<string, number> }) => number) => {
      const cases: { counts: Parameters<typeof answer>[0]; share: number }[] = [
        { counts: { shared: 50, byTask: { a: 25, b: 25 } }, share: 0.5 },
        { counts: { shared: 90, byTask: { a: 10 } }, share: 0.9 },
        { counts: { shared: 0, byTask: { a: 3, b: 4, c: 5 } }, share: 0 },
      ];
      for (const { counts, share } of cases) {
        const got = answer(counts);
        if (!near(got, share)) {
          return `For ${JSON.stringify(counts)} the share is ${share}, but you return ${got}.`;
        }
      }
    },
  ),

  jointLoss: exercise(
    "The joint loss",
    (answer: (losses: number[], weights: number[]) => number) => {
      const cases = [
        { losses: [2, 3], weights: [1, 1], sum: 5 },
        { losses: [2, 3], weights: [0.5, 2], sum: 7 },
        { losses: [1, 2, 4], weights: [0, 1, 0.25], sum: 3 },
      ];
      for (const { losses, weights, sum } of cases) {
        const got = answer(losses, weights);
        if (!near(got, sum)) {
          return `For losses [${losses}] and weights [${weights}] it is ${sum}, but you return ${got}.`;
        }
      }
    },
  ),

  accuracy: exercise(
    "Accuracy with missing labels",
    (answer: (logits: number[][], labels: (number | null)[]) => number) => {
      const logits = [[2, 1, 0], [0, 1, 5], [-3, -1, -2], [1, 4, 2]];
      const cases: { labels: (number | null)[]; share: number }[] = [
        { labels: [0, 2, 1, 1], share: 1 },
        { labels: [0, 2, 0, 0], share: 0.5 },
        { labels: [0, null, null, 2], share: 0.5 },
        { labels: [null, 2, 1, null], share: 1 },
      ];
      for (const { labels, share } of cases) {
        const got = answer(logits, labels);
        if (!near(got, share)) {
          return `For the labels ${JSON.stringify(labels)} it is ${share}, but you return ${got}.`;
        }
      }
    },
  ),
};
