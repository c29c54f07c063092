import type { exercises } from "../04_regularised_linear_mtl.ts";
import type { AnswerKeys } from "../exercise.ts";

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const inner = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Stubs, plausible mistakes and solutions of chapter 04. */
export const keys: AnswerKeys<typeof exercises> = {
  shortenRow: {
    stub: (row) => row,
    wrong: {
      "shortens every entry": (row, by) =>
        row.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - by)),
      "forgets that a length cannot be negative": (row, by) => {
        const length = Math.hypot(...row);
        return row.map((value) => length === 0 ? 0 : (1 - by / length) * value);
      },
      "divides by zero": (row, by) =>
        row.map((value) =>
          Math.max(0, 1 - by / Math.hypot(...row)) * value / Math.hypot(...row) *
          Math.hypot(...row)
        ),
      "uses the squared length": (row, by) =>
        row.map((value) => Math.max(0, 1 - by / (inner(row, row) || 1)) * value),
    },
    solution: (row, by) => {
      const length = Math.hypot(...row);
      return row.map((value) => length > by ? (1 - by / length) * value : 0);
    },
  },
  meanRegularisedTasks: {
    stub: (targets) => targets,
    wrong: {
      "pools everything": (targets) => targets.map(() => mean(targets)),
      "shrinks towards zero": (targets, strength) => targets.map((y) => y / (1 + 2 * strength)),
      "forgets the 2 of the square": (targets, strength) =>
        targets.map((y) => mean(targets) + (y - mean(targets)) / (1 + strength)),
    },
    solution: (targets, strength) =>
      targets.map((y) => mean(targets) + (y - mean(targets)) / (1 + 2 * strength)),
  },
  firstStrength: {
    stub: () => 0,
    wrong: {
      "forgets the sign": (columns, targets) =>
        Math.max(...columns.map((column) => inner(column, targets))),
      "adds the features up": (columns, targets) =>
        columns.reduce((sum, column) => sum + Math.abs(inner(column, targets)), 0),
      "divides by the rows": (columns, targets) =>
        Math.max(...columns.map((column) => Math.abs(inner(column, targets)))) / targets.length,
    },
    solution: (columns, targets) =>
      Math.max(...columns.map((column) => Math.abs(inner(column, targets)))),
  },
  oneStandardError: {
    stub: (strengths) => strengths[0],
    wrong: {
      "takes the best": (strengths, means) => strengths[means.indexOf(Math.min(...means))],
      "takes the smallest within": (strengths, means, errors) => {
        const best = means.indexOf(Math.min(...means));
        return strengths[means.findLastIndex((value) => value <= means[best] + errors[best])];
      },
      "uses every strength's own error": (strengths, means, errors) => {
        const best = Math.min(...means);
        return strengths[means.findIndex((value, i) => value <= best + errors[i])];
      },
    },
    solution: (strengths, means, errors) => {
      const best = means.indexOf(Math.min(...means));
      return strengths[means.findIndex((value) => value <= means[best] + errors[best])];
    },
  },
};
