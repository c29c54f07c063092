import { exercise, near } from "./exercise.ts";

/** The exercises of chapter 06. */
export const exercises = {
  mixed: exercise(
    "Mix",
    (answer: (experts: number[][], logits: number[]) => number[]) => {
      const cases = [
        { experts: [[1, 2], [3, 6]], logits: [0, 0], sum: [2, 4] },
        { experts: [[4], [8], [0]], logits: [Math.log(1), Math.log(2), Math.log(5)], sum: [2.5] },
        { experts: [[1, 0], [0, 1]], logits: [1000, 1000 + Math.log(3)], sum: [0.25, 0.75] },
      ];
      for (const { experts, logits, sum } of cases) {
        const got = answer(experts.map((expert) => [...expert]), [...logits]);
        if (got.length !== sum.length || !sum.every((value, at) => near(got[at], value))) {
          return `${
            JSON.stringify(experts)
          } with the logits [${logits}] give [${sum}], but you return [${got}].`;
        }
      }
    },
  ),

  smoothStep: exercise(
    "The smooth step",
    (answer: (t: number, gamma: number) => number) => {
      const cases = [
        { t: -0.25, gamma: 1, step: 0.15625 },
        { t: 0.25, gamma: 1, step: 0.84375 },
        { t: 0, gamma: 3, step: 0.5 },
        { t: 1, gamma: 4, step: 0.84375 },
        { t: 0.5, gamma: 1, step: 1 },
        { t: 2, gamma: 1, step: 1 },
        { t: -7, gamma: 2, step: 0 },
      ];
      for (const { t, gamma, step } of cases) {
        const got = answer(t, gamma);
        if (!near(got, step)) {
          return `At t = ${t} with γ = ${gamma} it is ${step}, but you return ${got}.`;
        }
      }
    },
  ),

  likedGivenSeen: exercise(
    "The missing factor",
    (answer: (seen: number, both: number) => number) => {
      const logit = (chance: number) => Math.log(chance / (1 - chance));
      const cases = [
        { seen: 0.5, both: 0.25, given: 0.5 },
        { seen: 0.8, both: 0.2, given: 0.25 },
        { seen: 0.1, both: 0.09, given: 0.9 },
      ];
      for (const { seen, both, given } of cases) {
        const got = answer(logit(seen), logit(both));
        if (!near(got, given)) {
          return `With p(seen) = ${seen} and p(seen and liked) = ${both} it is ${given}, but you return ${got}.`;
        }
      }
    },
  ),

  parameters: exercise(
    "Parameters of an MMoE",
    (
      answer: (
        sizes: { inputs: number; units: number; experts: number },
      ) => { shared: number; perTask: number },
    ) => {
      const cases = [
        { sizes: { inputs: 100, units: 16, experts: 8 }, shared: 12928, perTask: 817 },
        { sizes: { inputs: 3, units: 2, experts: 1 }, shared: 8, perTask: 6 },
        { sizes: { inputs: 7, units: 5, experts: 3 }, shared: 120, perTask: 27 },
      ];
      for (const { sizes, shared, perTask } of cases) {
        const got = answer({ ...sizes });
        if (got.shared !== shared || got.perTask !== perTask) {
          return `For ${
            JSON.stringify(sizes)
          } it is ${shared} shared and ${perTask} for each task, but you return ${got.shared} and ${got.perTask}.`;
        }
      }
    },
  ),
};
