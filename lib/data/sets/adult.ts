import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { Features, numberTarget, type SplitTableSet, type TableLayout } from "./_table_set.ts";

/** Options of {@linkcode adult}. */
export interface AdultOptions extends DataOptions {
  /** Keep the feature `relationship`, which gives `neverMarried` away. Default `false`. */
  readonly keepRelationship?: boolean;
}

/** The targets of {@linkcode adult}. */
export type AdultTarget = "income" | "neverMarried" | "education" | "hours";

const COLUMNS = [
  "age",
  "workclass",
  "fnlwgt",
  "education",
  "education-num",
  "marital-status",
  "occupation",
  "relationship",
  "race",
  "sex",
  "capital-gain",
  "capital-loss",
  "hours-per-week",
  "native-country",
  "income",
];
const CATEGORIES = ["workclass", "occupation", "relationship", "race", "sex", "native-country"];
const SOURCES = ["adult/adult.data", "adult/adult.test"];

/**
 * Adult (Census Income): people of the US census of 1994.
 *
 * Records: 32,561 training and 16,281 test persons. Input `features`: age in years, capital gain
 * and loss as log(1 + dollars), and for each category of workclass, occupation, race, sex and
 * country a 0 or 1; a field that is missing in the file ("?") has a category of its own, `missing`.
 * Targets: `income` (1: over 50,000 dollars a year), `neverMarried` (0 or 1), `education` (1:
 * preschool to 16: doctorate, a number) and `hours` (worked a week, 1 to 99).
 *
 * `layout` says where the three numbers and the values of each category stand, for
 * `encoders.embeddingMlp`.
 *
 * Licence: CC BY 4.0 (UCI). Cite: B. Becker, R. Kohavi. Adult. UCI Machine Learning Repository,
 * 1996. doi:10.24432/C5XW20.
 *
 * Known traps: what is a target is no feature here, for any task. `relationship` is left out
 * unless asked for: "Husband" and "Wife" give `neverMarried` away. `fnlwgt`, the weight of the
 * sample, is no property of a person and left out. The labels of the test file end with a full
 * stop. The MMoE paper uses the larger Census-Income (KDD) set; numbers are not comparable.
 *
 * @param options `keepRelationship`; where to look for the files. Features are as described;
 * see {@linkcode standardise}.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function adult(
  options: AdultOptions = {},
): Promise<SplitTableSet<AdultTarget> & { readonly layout: TableLayout }> {
  const { keepRelationship = false } = options;
  const key = { name: "adult", version: 3, sources: SOURCES };
  const { arrays, notes } = await parsedOnce(key, options, () => parseAdult(options));
  const { age, gain, loss, income, neverMarried, education, hours } = arrays;
  const features = new Features(age.length)
    .number("age", age)
    .number("log capital gain", gain)
    .number("log capital loss", loss);
  for (const [category, name] of CATEGORIES.entries()) {
    if (name === "relationship" && !keepRelationship) continue;
    const at = category * age.length;
    features.oneHot(name, arrays.codes.subarray(at, at + age.length), notes.labels[name]);
  }
  const dataset = MultiTaskDataset.from({
    inputs: { features: features.column() },
    targets: {
      income: numberTarget(income),
      neverMarried: numberTarget(neverMarried),
      education: numberTarget(education),
      hours: numberTarget(hours),
    },
    name: "Adult",
    description: "Adult: persons of the US census of 1994 (Becker and Kohavi 1996).",
  });
  return {
    train: dataset.take(notes.trainRows),
    test: dataset.subset(dataset.rows.subarray(notes.trainRows)),
    featureNames: features.names,
    layout: features.layout,
  };
}

/** Numbers, and for each category the index of its label: a tenth of the features that they become. */
async function parseAdult(options: DataOptions) {
  const [train, test] = await Promise.all(SOURCES.map(async (file, part) =>
    // The test file starts with a line that is no person.
    TextTable.parse(await readDataFile(file, options), { file, columns: COLUMNS, skipLines: part })
  ));
  const rows = train.rows + test.rows;
  const both = (column: (table: TextTable) => ArrayLike<number>) => {
    const values = new Float32Array(rows);
    values.set(column(train));
    values.set(column(test), train.rows);
    return values;
  };
  const log = (name: string) =>
    both((table) => table.numbers(name).map((dollars) => Math.log1p(dollars)));
  const labels: Record<string, string[]> = {};
  const codes = new Int32Array(CATEGORIES.length * rows);
  for (const [category, name] of CATEGORIES.entries()) {
    const found = [...new Set([...train.vocabulary(name), ...test.vocabulary(name)])].sort();
    codes.set(train.codes(name, found), category * rows);
    codes.set(test.codes(name, found), category * rows + train.rows);
    labels[name] = found.map((label) => label === "?" ? "missing" : label);
  }
  const over = (table: TextTable) =>
    table.codes("income", table === test ? ["<=50K.", ">50K."] : ["<=50K", ">50K"]);
  const single = (table: TextTable) =>
    table.text("marital-status").map((status) => status === "Never-married" ? 1 : 0);
  return {
    arrays: {
      codes,
      age: both((table) => table.numbers("age")),
      gain: log("capital-gain"),
      loss: log("capital-loss"),
      income: both(over),
      neverMarried: both(single),
      education: both((table) => table.numbers("education-num")),
      hours: both((table) => table.numbers("hours-per-week")),
    },
    notes: { labels, trainRows: train.rows },
  };
}
