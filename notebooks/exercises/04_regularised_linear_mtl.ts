import { exercise, near } from "./exercise.ts";

/** A sentence when the lists differ. */
function listHint(what: string, got: unknown, wanted: readonly number[]): string | undefined {
  const list = Array.isArray(got) ? got as number[] : [];
  const same = list.length === wanted.length && wanted.every((value, i) => near(list[i], value));
  if (!same) return `${what} it is [${wanted}], but you return [${list}].`;
}

/** The exercises of chapter 04. */
export const exercises = {
  shortenRow: exercise(
    "The proximal operator of joint features",
    (answer: (row: number[], by: number) => number[]) => {
      const cases = [
        { row: [3, 4], by: 1, wanted: [2.4, 3.2] },
        { row: [0.3, 0.4], by: 1, wanted: [0, 0] },
        { row: [0, 0, 0], by: 0.5, wanted: [0, 0, 0] },
        { row: [-5, 12], by: 6.5, wanted: [-2.5, 6] },
      ];
      for (const { row, by, wanted } of cases) {
        const hint = listHint(`For the row [${row}] and ${by}`, answer([...row], by), wanted);
        if (hint) return hint;
      }
    },
  ),

  meanRegularisedTasks: exercise(
    "Mean-regularised tasks",
    (answer: (targets: number[], strength: number) => number[]) => {
      const cases = [
        { targets: [1, 3], strength: 0.5, wanted: [1.5, 2.5] },
        { targets: [1, 3], strength: 0, wanted: [1, 3] },
        { targets: [0, 0, 6], strength: 1, wanted: [4 / 3, 4 / 3, 10 / 3] },
      ];
      for (const { targets, strength, wanted } of cases) {
        const what = `For targets [${targets}] and strength ${strength}`;
        const hint = listHint(what, answer([...targets], strength), wanted);
        if (hint) return hint;
      }
    },
  ),

  firstStrength: exercise(
    "Where the path begins",
    (answer: (columns: number[][], targets: number[]) => number) => {
      const cases = [
        { columns: [[1, 0], [0, 1]], targets: [2, -3], wanted: 3 },
        { columns: [[1, 1, 1], [1, -1, 0]], targets: [1, 2, 3], wanted: 6 },
        { columns: [[2, 2], [1, -1]], targets: [-4, 4], wanted: 8 },
      ];
      for (const { columns, targets, wanted } of cases) {
        const got = answer(columns.map((column) => [...column]), [...targets]);
        if (!near(got, wanted)) {
          return `For columns ${JSON.stringify(columns)} and targets [${targets}] it is ` +
            `${wanted}, but you return ${got}. Where does the slope of the loss lose?`;
        }
      }
    },
  ),

  oneStandardError: exercise(
    "One standard error",
    (answer: (strengths: number[], means: number[], standardErrors: number[]) => number) => {
      const cases = [
        {
          strengths: [100, 10, 1, 0.1],
          means: [9, 5.4, 5, 6],
          standardErrors: [0.1, 2, 0.5, 0.1],
          wanted: 10,
        },
        { strengths: [8, 4, 2], means: [5, 4, 3], standardErrors: [3, 0.5, 0.2], wanted: 2 },
        { strengths: [8, 4, 2], means: [3.1, 3.3, 3], standardErrors: [0, 0, 0.2], wanted: 8 },
      ];
      for (const { strengths, means, standardErrors, wanted } of cases) {
        const got = answer([...strengths], [...means], [...standardErrors]);
        if (got !== wanted) {
          return `For strengths [${strengths}], means [${means}] and standard errors ` +
            `[${standardErrors}] it is ${wanted}, but you return ${got}.`;
        }
      }
    },
  ),
};
