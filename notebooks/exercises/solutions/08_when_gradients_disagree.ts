import type { exercises } from "../08_when_gradients_disagree.ts";
import type { AnswerKeys } from "../exercise.ts";

const inner = (a: number[], b: number[]) =>
  a.reduce((sum, value, index) => sum + value * b[index], 0);
const without = (gradient: number[], other: number[], product: number, square: number) =>
  gradient.map((value, index) => value - product / square * other[index]);

/** Stubs, plausible mistakes and solutions of chapter 08. */
export const keys: AnswerKeys<typeof exercises> = {
  projected: {
    stub: (gradient) => gradient,
    wrong: {
      "projects without a conflict, too": (gradient, other) =>
        without(gradient, other, inner(gradient, other), inner(other, other)),
      "divides by the length, not by its square": (gradient, other) =>
        without(
          gradient,
          other,
          Math.min(0, inner(gradient, other)),
          Math.sqrt(inner(other, other)),
        ),
      "divides by its own square": (gradient, other) =>
        without(gradient, other, Math.min(0, inner(gradient, other)), inner(gradient, gradient)),
    },
    solution: (gradient, other) =>
      without(gradient, other, Math.min(0, inner(gradient, other)), inner(other, other)),
  },
  shortest: {
    stub: () => [0.5, 0.5],
    wrong: {
      "does not keep the weights in the interval": ([[a, b], [, c]]) => {
        const weight = (c - b) / (a + c - 2 * b);
        return [weight, 1 - weight];
      },
      "gives the weights to the wrong tasks": ([[a, b], [, c]]) => {
        const weight = Math.min(1, Math.max(0, (c - b) / (a + c - 2 * b)));
        return [1 - weight, weight];
      },
    },
    solution: ([[a, b], [, c]]) => {
      const weight = Math.min(1, Math.max(0, (c - b) / (a + c - 2 * b)));
      return [weight, 1 - weight];
    },
  },
  hurtTasks: {
    stub: () => [],
    wrong: {
      "takes the sign the other way round": (jacobian, update) =>
        jacobian.flatMap((row, task) => inner(row, update) > 0 ? [task] : []),
      "counts a task that neither gains nor loses": (jacobian, update) =>
        jacobian.flatMap((row, task) => inner(row, update) <= 0 ? [task] : []),
    },
    solution: (jacobian, update) =>
      jacobian.flatMap((row, task) => inner(row, update) < 0 ? [task] : []),
  },
  fairSteps: {
    stub: (steps) => steps,
    wrong: {
      "forgets that weights are held": (steps, price) => Math.floor(steps / price),
      "takes the mean price of a round": (steps, price, every) =>
        Math.floor(steps * every / (price + every - 1)),
      "takes fractions of steps": (steps, price, every) => steps * every / (price + every - 1),
    },
    solution: (steps, price, every) => {
      const rounds = Math.floor(steps / (price + every - 1));
      const left = steps - rounds * (price + every - 1);
      return rounds * every + (left < price ? 0 : 1 + Math.floor(left - price));
    },
  },
};
