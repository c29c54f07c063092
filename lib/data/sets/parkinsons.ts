import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { Features, numberTarget, type TableSet } from "./_table_set.ts";

/** The targets of {@linkcode parkinsons}. */
export type ParkinsonsTarget = "motorUpdrs" | "totalUpdrs" | "sex";

const KEY = "parkinsons-telemonitoring/parkinsons_updrs.data";
const NOT_FEATURES = ["subject#", "sex", "motor_UPDRS", "total_UPDRS"];

/**
 * Parkinsons Telemonitoring: voice recordings of people with early Parkinson's disease.
 *
 * Records: 5,875 recordings of 42 people over six months. Input `features` `[18]`: age (years),
 * time since recruitment (days) and 16 measures of the voice (jitter, shimmer, noise, RPDE, DFA,
 * PPE). Targets: `motorUpdrs` (5.04 to 39.51) and `totalUpdrs` (7 to 54.99), scores of the disease
 * by a physician, interpolated between visits; `sex` (0 male, 1 female). Group: `patient` (1 to 42).
 *
 * Licence: CC BY 4.0 (UCI). Cite: A. Tsanas, M. A. Little, P. E. McSharry, L. O. Ramig. Accurate
 * telemonitoring of Parkinson's disease progression by non-invasive speech tests. IEEE TBME 57,
 * 2010. doi:10.24432/C5ZS3N.
 *
 * Known traps: split by the group `patient`, else the model knows the people and looks far too
 * good; age alone tells most people apart. A few test times are slightly negative.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function parkinsons(
  options: DataOptions = {},
): Promise<TableSet<ParkinsonsTarget>> {
  const table = TextTable.parse(await readDataFile(KEY, options), { file: KEY, delimiter: "\t" });
  const features = new Features(table.rows);
  for (const name of table.names) {
    if (!NOT_FEATURES.includes(name)) features.number(name, table.numbers(name));
  }
  const dataset = MultiTaskDataset.from({
    inputs: { features: features.column() },
    targets: {
      motorUpdrs: numberTarget(table.numbers("motor_UPDRS")),
      totalUpdrs: numberTarget(table.numbers("total_UPDRS")),
      sex: numberTarget(table.numbers("sex")),
    },
    groups: { patient: table.numbers("subject#") },
    name: "Parkinsons telemonitoring",
    description: "Parkinsons telemonitoring: voice measures of 42 patients (Tsanas et al. 2010).",
  });
  return { dataset, featureNames: features.names };
}
