import type { exercises } from "../03_several_data_sets.ts";
import type { AnswerKeys } from "../exercise.ts";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const normalised = (values: number[]) => values.map((value) => value / sum(values));

/** Stubs, plausible mistakes and solutions of chapter 03. */
export const keys: AnswerKeys<typeof exercises> = {
  temperatureShares: {
    stub: () => [],
    wrong: {
      "takes the power T instead of 1 / T": (sizes, temperature) =>
        normalised(sizes.map((size) => size ** temperature)),
      "forgets to divide by the sum": (sizes, temperature) =>
        sizes.map((size) => size ** (1 / temperature)),
      "divides the shares, which is undone": (sizes, temperature) =>
        normalised(normalised(sizes).map((share) => share / temperature)),
    },
    solution: (sizes, temperature) => normalised(sizes.map((size) => size ** (1 / temperature))),
  },
  passesOf: {
    stub: () => [],
    wrong: {
      "gives every set all steps": (sizes, batchSize, steps) =>
        sizes.map((size) => steps * batchSize / size),
      "shares the steps by size": (sizes, batchSize, steps) =>
        sizes.map(() => steps * batchSize / sum(sizes)),
      "counts batches as examples": (sizes, _batchSize, steps) =>
        sizes.map((size) => steps / sizes.length / size),
    },
    solution: (sizes, batchSize, steps) =>
      sizes.map((size) => steps / sizes.length * batchSize / size),
  },
  stemOwners: {
    stub: () => ({}),
    wrong: {
      "gives a stem to the last that reads it": (reads) =>
        Object.fromEntries(Object.entries(reads).map(([task, input]) => [input, task])),
      "shares every stem": (reads) =>
        Object.fromEntries(Object.values(reads).map((input) => [input, "shared"])),
    },
    solution: (reads) => {
      const owners: Record<string, string> = {};
      for (const [task, input] of Object.entries(reads)) {
        owners[input] = input in owners ? "shared" : task;
      }
      return owners;
    },
  },
  effectiveWeights: {
    stub: () => [],
    wrong: {
      "looks at the weights alone": (weights) => normalised(weights),
      "looks at the chances alone": (_weights, chances) => chances,
      "divides instead": (weights, chances) =>
        normalised(weights.map((weight, at) => weight / chances[at])),
    },
    solution: (weights, chances) => normalised(weights.map((weight, at) => weight * chances[at])),
  },
};
