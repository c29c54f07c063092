import type { exercises } from "../06_experts.ts";
import type { AnswerKeys } from "../exercise.ts";

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
const sumOf = (experts: number[][], weights: number[]) =>
  experts[0].map((_, at) =>
    experts.reduce((sum, expert, which) => sum + weights[which] * expert[at], 0)
  );

/** Stubs, plausible mistakes and solutions of chapter 06. */
export const keys: AnswerKeys<typeof exercises> = {
  mixed: {
    stub: (experts) => experts[0],
    wrong: {
      "takes the logits as weights": (experts, logits) => sumOf(experts, logits),
      "takes the best expert alone": (experts, logits) =>
        experts[logits.indexOf(Math.max(...logits))],
      "overflows with large logits": (experts, logits) => {
        const powers = logits.map(Math.exp);
        const total = powers.reduce((sum, power) => sum + power, 0);
        return sumOf(experts, powers.map((power) => power / total));
      },
    },
    solution: (experts, logits) => {
      const largest = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - largest));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return sumOf(experts, powers.map((power) => power / total));
    },
  },
  smoothStep: {
    stub: () => 0.5,
    wrong: {
      "does not stop at 0 and 1": (t, gamma) => -2 * t ** 3 / gamma ** 3 + 1.5 * t / gamma + 0.5,
      "forgets the width": (t) => {
        const u = Math.min(0.5, Math.max(-0.5, t));
        return u * (1.5 - 2 * u * u) + 0.5;
      },
      "is a straight line": (t, gamma) => Math.min(1, Math.max(0, t / gamma + 0.5)),
    },
    solution: (t, gamma) => {
      const u = Math.min(0.5, Math.max(-0.5, t / gamma));
      return u * (1.5 - 2 * u * u) + 0.5;
    },
  },
  likedGivenSeen: {
    stub: (_seen, both) => sigmoid(both),
    wrong: {
      "multiplies instead of dividing": (seen, both) => sigmoid(seen) * sigmoid(both),
      "takes the difference of the logits": (seen, both) => sigmoid(both - seen),
    },
    solution: (seen, both) => sigmoid(both) / sigmoid(seen),
  },
  parameters: {
    stub: () => ({ shared: 0, perTask: 0 }),
    wrong: {
      "counts the gate as shared": ({ inputs, units, experts }) => ({
        shared: experts * (inputs * units + units) + inputs * experts,
        perTask: units + 1,
      }),
      "gives the gate a bias": ({ inputs, units, experts }) => ({
        shared: experts * (inputs * units + units),
        perTask: (inputs + 1) * experts + units + 1,
      }),
      "has one expert only": ({ inputs, units, experts }) => ({
        shared: inputs * units + units,
        perTask: inputs * experts + units + 1,
      }),
    },
    solution: ({ inputs, units, experts }) => ({
      shared: experts * (inputs * units + units),
      perTask: inputs * experts + units + 1,
    }),
  },
};
