import { MultiTaskDataset } from "../dataset.ts";
import { DataFormatError, DataUnavailableError } from "../errors.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { drawSchools } from "./_draw_schools.ts";
import type { BuiltInOption } from "./_parts.ts";
import { type MatNumbers, type MatValue, parseMat5 } from "../formats/mat5.ts";

const KEY = "school/school.mat";
const FEATURES = 27;

/**
 * What the 27 inputs of {@linkcode school} are, in order. The file names none; the groups are those of
 * Goldstein (1991), found by which indicator columns add up to one.
 */
export const schoolFeatures: readonly string[] = [
  ...numbered("exam year", 3),
  "free school meals %",
  "verbal reasoning band 1 %",
  ...numbered("gender", 2),
  ...numbered("verbal reasoning band", 3),
  ...numbered("ethnic group", 11),
  ...numbered("school gender", 3),
  ...numbered("denomination", 3),
];

/** Options of {@linkcode school}. */
export interface SchoolOptions extends BuiltInOption, DataOptions {}

/**
 * School: exam scores of 15,362 pupils of 139 schools in inner London, 1985 to 1987. The classic of
 * multi-task learning: each school is a task.
 *
 * Records: input `pupil` `[27]` (two percentages of the school, else indicators: see
 * {@linkcode schoolFeatures}), target `score` (1 to 70, mean 20.6), group `school` (`"school 1"` to
 * `"school 139"`, 22 to 251 pupils each). `linear.LinearData.byGroup` makes a task of every school.
 *
 * Licence: none stated. Cite: H. Goldstein, Multilevel modelling of survey data, The Statistician 40,
 * 1991; the file is that of MALSAR (J. Zhou, J. Chen, J. Ye, Arizona State University, 2011).
 *
 * Known trap: the last column of the file is a constant and is left out; some indicators never occur
 * in some schools.
 *
 * @param options `orBuiltIn`: generated schools of the same sizes where the file cannot be had; where to
 * look for it.
 * @throws {DataUnavailableError} When the file cannot be had and `orBuiltIn` is not set.
 */
export async function school(
  options: SchoolOptions = {},
): Promise<MultiTaskDataset<"pupil", "score">> {
  let bytes: Uint8Array;
  try {
    bytes = await readDataFile(KEY, options);
  } catch (error) {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return MultiTaskDataset.from({
      ...drawSchools(schoolFeatures),
      name: "Drawn schools (no School data)",
      description: "Generated scores: a vector shared by all schools plus a small one of each.",
      origin: "generated",
    });
  }
  const { X, Y } = parseMat5(bytes, { file: KEY });
  const inputs = matricesOf(X, "X"), scores = matricesOf(Y, "Y");
  if (inputs.length !== scores.length) {
    throw new DataFormatError(
      KEY,
      0,
      `X has ${inputs.length} schools, but Y has ${scores.length}.`,
    );
  }
  const pupils = scores.reduce((sum, { shape }) => sum + shape[0], 0);
  const values = new Float32Array(pupils * FEATURES);
  const targets = new Float32Array(pupils);
  const schools: string[] = [];
  for (let place = 0; place < inputs.length; place++) {
    const x = inputs[place], y = scores[place];
    const [rows, columns] = x.shape;
    if (columns !== FEATURES + 1 || y.shape[0] !== rows) {
      throw new DataFormatError(
        KEY,
        0,
        `school ${place + 1} has inputs of ${x.shape.join(" x ")} and scores of ` +
          `${y.shape.join(" x ")}; expected rows x ${FEATURES + 1} and rows x 1.`,
      );
    }
    for (let row = 0; row < rows; row++) {
      const at = schools.length;
      for (let j = 0; j < FEATURES; j++) values[at * FEATURES + j] = x.values[j * rows + row];
      targets[at] = y.values[row];
      schools.push(`school ${place + 1}`);
    }
  }
  return MultiTaskDataset.from({
    name: "School",
    description: "School: exam scores of pupils in 139 schools, 27 inputs (Goldstein 1991).",
    inputs: { pupil: { values, shape: [FEATURES], labels: schoolFeatures } },
    targets: { score: { values: targets, shape: [] } },
    groups: { school: schools },
  });
}

function matricesOf(value: MatValue | undefined, name: string): readonly MatNumbers[] {
  if (value?.kind !== "cells" || !value.cells.every((cell) => cell.kind === "numbers")) {
    throw new DataFormatError(KEY, 0, `expected cells of numbers called "${name}".`);
  }
  return value.cells as readonly MatNumbers[];
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);
}
