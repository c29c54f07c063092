import { exercise, near } from "./exercise.ts";

/** Whether two lists of numbers agree. */
function nearAll(got: readonly number[], wanted: readonly number[]): boolean {
  return got.length === wanted.length && wanted.every((value, at) => near(got[at], value));
}

/** The exercises of chapter 03. */
export const exercises = {
  temperatureShares: exercise(
    "Shares by temperature",
    (answer: (sizes: number[], temperature: number) => number[]) => {
      const cases = [
        { sizes: [100, 300], temperature: 1, shares: [0.25, 0.75] },
        { sizes: [100, 400], temperature: 2, shares: [1 / 3, 2 / 3] },
        { sizes: [1, 8, 27], temperature: 3, shares: [1 / 6, 2 / 6, 3 / 6] },
        { sizes: [5, 5, 5, 5], temperature: 4, shares: [0.25, 0.25, 0.25, 0.25] },
      ];
      for (const { sizes, temperature, shares } of cases) {
        const got = answer([...sizes], temperature);
        if (!nearAll(got, shares)) {
          return `For sizes [${sizes}] and temperature ${temperature} it is [${shares}], but you return [${got}].`;
        }
      }
    },
  ),

  passesOf: exercise(
    "Passes",
    (answer: (sizes: number[], batchSize: number, steps: number) => number[]) => {
      const cases = [
        { sizes: [100, 400], batchSize: 10, steps: 80, passes: [4, 1] },
        { sizes: [60, 60, 240], batchSize: 20, steps: 9, passes: [1, 1, 0.25] },
        { sizes: [50], batchSize: 25, steps: 6, passes: [3] },
      ];
      for (const { sizes, batchSize, steps, passes } of cases) {
        const got = answer([...sizes], batchSize, steps);
        if (!nearAll(got, passes)) {
          return `For sizes [${sizes}], batches of ${batchSize} and ${steps} steps it is [${passes}], but you return [${got}].`;
        }
      }
    },
  ),

  stemOwners: exercise(
    "Whose stem?",
    (answer: (reads: Record<string, string>) => Record<string, string>) => {
      const cases: { reads: Record<string, string>; owners: Record<string, string> }[] = [
        {
          reads: { digit: "scan", object: "photo" },
          owners: { photo: "object", scan: "digit" },
        },
        {
          reads: { digit: "scan", slant: "scan", object: "photo" },
          owners: { photo: "object", scan: "shared" },
        },
        { reads: { age: "voice", word: "voice", accent: "voice" }, owners: { voice: "shared" } },
      ];
      for (const { reads, owners } of cases) {
        const got = answer({ ...reads });
        const sorted = Object.fromEntries(Object.entries(got).sort(([a], [b]) => a < b ? -1 : 1));
        if (JSON.stringify(sorted) !== JSON.stringify(owners)) {
          return `For ${JSON.stringify(reads)} it is ${JSON.stringify(owners)}, but you return ${
            JSON.stringify(got)
          }.`;
        }
      }
    },
  ),

  effectiveWeights: exercise(
    "Hidden weights",
    (answer: (weights: number[], chances: number[]) => number[]) => {
      const cases = [
        { weights: [1, 1], chances: [0.2, 0.8], effective: [0.2, 0.8] },
        { weights: [4, 1], chances: [0.2, 0.8], effective: [0.5, 0.5] },
        { weights: [1, 2, 3], chances: [0.5, 0.25, 0.25], effective: [2 / 7, 2 / 7, 3 / 7] },
      ];
      for (const { weights, chances, effective } of cases) {
        const got = answer([...weights], [...chances]);
        if (!nearAll(got, effective)) {
          return `For weights [${weights}] and chances [${chances}] it is [${effective}], but you return [${got}].`;
        }
      }
    },
  ),
};
