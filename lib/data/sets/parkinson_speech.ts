import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { classTarget, Features, numberTarget, type SplitTableSet } from "./_table_set.ts";

/** The targets of {@linkcode parkinsonSpeech}. */
export type ParkinsonSpeechTarget = "updrs" | "hasParkinsons" | "recording";

const FEATURES = [
  "jitter local",
  "jitter local absolute",
  "jitter rap",
  "jitter ppq5",
  "jitter ddp",
  "shimmer local",
  "shimmer local dB",
  "shimmer apq3",
  "shimmer apq5",
  "shimmer apq11",
  "shimmer dda",
  "autocorrelation",
  "noise to harmonics",
  "harmonics to noise",
  "median pitch",
  "mean pitch",
  "deviation of pitch",
  "lowest pitch",
  "highest pitch",
  "number of pulses",
  "number of periods",
  "mean period",
  "deviation of period",
  "share of unvoiced frames",
  "number of voice breaks",
  "degree of voice breaks",
];
const TRAIN = "parkinson-speech/train_data.txt";
const TEST = "parkinson-speech/test_data.txt";
const RECORDINGS = 26;

/** Names of the classes of `recording`: vowels, the numbers 1 to 10, short sentences, words. */
export const parkinsonRecordings: readonly string[] = [
  "vowel a",
  "vowel o",
  "vowel u",
  ...Array.from({ length: 10 }, (_, at) => `number ${at + 1}`),
  ...Array.from({ length: 4 }, (_, at) => `sentence ${at + 1}`),
  ...Array.from({ length: 9 }, (_, at) => `word ${at + 1}`),
];

/**
 * Parkinson Speech: several kinds of voice recordings of patients and healthy people.
 *
 * Records: training part 1,040 recordings (40 people, half of them patients, 26 recordings each),
 * test part 168 (28 patients, vowels a and o three times each). Input `features` `[26]`: measures
 * of pitch, jitter, shimmer, noise and breaks. Targets: `updrs` (score of the disease, training
 * part only, 1 for healthy people), `hasParkinsons` (0 or 1; all 1 in the test part) and
 * `recording` (26 kinds, from the order of the rows; training part only). Group: `person`; test
 * persons have numbers from 101.
 *
 * Licence: CC BY 4.0 (UCI). Cite: B. E. Sakar et al. Collection and analysis of a Parkinson speech
 * dataset with multiple types of sound recordings. IEEE JBHI 17, 2013.
 *
 * Known traps: split by the group `person`; the test part has patients only, so accuracy on it
 * alone says little; `updrs` is not measured for healthy people.
 *
 * @param options Where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function parkinsonSpeech(
  options: DataOptions = {},
): Promise<SplitTableSet<ParkinsonSpeechTarget>> {
  const part = async (file: string, name: string, own: readonly string[]) => {
    const columns = ["person", ...FEATURES, ...own];
    const table = TextTable.parse(await readDataFile(file, options), { file, columns });
    const features = new Features(table.rows);
    for (const feature of FEATURES) features.number(feature, table.numbers(feature));
    const isTrain = own.includes("updrs");
    const unknown = new Float32Array(table.rows).fill(NaN);
    const kinds = Int32Array.from(
      { length: table.rows },
      (_, row) => isTrain ? row % RECORDINGS : -1,
    );
    return MultiTaskDataset.from({
      inputs: { features: features.column() },
      targets: {
        updrs: numberTarget(isTrain ? table.numbers("updrs") : unknown),
        hasParkinsons: numberTarget(table.numbers("class")),
        recording: classTarget(kinds, parkinsonRecordings),
      },
      groups: { person: table.numbers("person").map((person) => isTrain ? person : person + 100) },
      name: `Parkinson speech ${name}`,
      description: "Parkinson speech: measures of voice recordings (Sakar et al. 2013).",
    });
  };
  const [train, test] = await Promise.all([
    part(TRAIN, "train", ["updrs", "class"]),
    part(TEST, "test", ["class"]),
  ]);
  return { train, test, featureNames: FEATURES };
}
