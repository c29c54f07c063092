import { exercise, near } from "./exercise.ts";

const allNear = (got: readonly number[], wanted: readonly number[]) =>
  got.length === wanted.length && wanted.every((value, at) => near(got[at], value, 1e-5));

const listed = (values: readonly number[]) => `[${values.map((value) => +value.toPrecision(6))}]`;

/** The exercises of chapter 07. */
export const exercises = {
  uncertaintyTotal: exercise(
    "The total",
    (answer: (losses: number[], logVariances: number[]) => number) => {
      const cases = [
        { losses: [1, 2, 4], logVariances: [0, 0, 0], total: 3.5 },
        { losses: [4, 0.25], logVariances: [Math.log(4), Math.log(0.25)], total: 1 },
        { losses: [0.01], logVariances: [Math.log(0.01)], total: 0.5 + Math.log(0.1) },
      ];
      for (const { losses, logVariances, total } of cases) {
        const got = answer(losses, logVariances);
        if (!near(got, total)) {
          return `For losses [${losses}] and log variances ${
            listed(logVariances)
          } it is ${total}, but you return ${got}.`;
        }
      }
    },
  ),

  lambdaFor: exercise(
    "A weight for a point",
    (answer: (theta: number, a: number, b: number) => number) => {
      const cases = [
        { theta: 0, a: -1, b: 1, lambda: 1 },
        { theta: 1, a: 0, b: 4, lambda: 1 / 3 },
        { theta: 2, a: 5, b: 1, lambda: 3 },
      ];
      for (const { theta, a, b, lambda } of cases) {
        const got = answer(theta, a, b);
        if (!near(got, lambda)) {
          return `For θ = ${theta}, a = ${a}, b = ${b} it is ${lambda}, but you return ${got}.`;
        }
      }
    },
  ),

  dwaWeights: exercise(
    "Dynamic weight average",
    (answer: (before: number[], last: number[], temperature: number) => number[]) => {
      const cases = [
        { before: [2, 4], last: [1, 2], temperature: 2, weights: [1, 1] },
        { before: [1, 1], last: [1, 4], temperature: 2, weights: [0.36485105, 1.63514895] },
        {
          before: [2, 1, 1],
          last: [1, 1, 2],
          temperature: 2,
          weights: [0.68165932, 0.87526789, 1.44307279],
        },
      ];
      for (const { before, last, temperature, weights } of cases) {
        const got = answer(before, last, temperature);
        if (!allNear(got, weights)) {
          return `From [${before}] to [${last}] at temperature ${temperature} they are ${
            listed(weights)
          }, but you return ${listed(got)}.`;
        }
      }
    },
  ),

  geometricWeights: exercise(
    "The geometric mean",
    (answer: (losses: number[]) => number[]) => {
      const cases = [
        { losses: [1, 2, 4], weights: [2 / 3, 1 / 3, 1 / 6] },
        { losses: [9, 1], weights: [1 / 6, 3 / 2] },
      ];
      for (const { losses, weights } of cases) {
        const got = answer([...losses]);
        if (!allNear(got, weights)) {
          return `For losses [${losses}] they are ${listed(weights)}, but you return ${
            listed(got)
          }.`;
        }
      }
    },
  ),

  gradnormTargets: exercise(
    "GradNorm's targets",
    (answer: (norms: number[], ratios: number[], alpha: number) => number[]) => {
      const cases = [
        { norms: [2, 6], ratios: [0.5, 0.9], alpha: 1.5, targets: [2.41472644, 5.83145187] },
        { norms: [1, 3], ratios: [0.2, 0.7], alpha: 0, targets: [2, 2] },
      ];
      for (const { norms, ratios, alpha, targets } of cases) {
        const got = answer([...norms], ratios, alpha);
        if (!allNear(got, targets)) {
          return `For norms [${norms}], ratios [${ratios}] and α = ${alpha} they are ${
            listed(targets)
          }, but you return ${listed(got)}.`;
        }
      }
    },
  ),
};
