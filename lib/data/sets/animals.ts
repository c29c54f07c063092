import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { classTarget, Features, numberTarget, type TableSet } from "./_table_set.ts";

/** The targets of {@linkcode penguins}. */
export type PenguinTarget = "species" | "sex" | "island" | "bodyMass";

/** The targets of {@linkcode crabs}. */
export type CrabTarget = "species" | "sex";

/** Names of the classes of `species` of {@linkcode penguins}. */
export const penguinSpecies: readonly string[] = ["Adelie", "Chinstrap", "Gentoo"];

/** Names of the classes of `island` of {@linkcode penguins}. */
export const penguinIslands: readonly string[] = ["Biscoe", "Dream", "Torgersen"];

/**
 * Palmer penguins: three species of the Palmer Archipelago, 2007 to 2009.
 *
 * Records: 342 of the 344 birds (two were not measured). Input `features` `[3]`: length and depth
 * of the bill and length of the flipper (mm). Targets: `species` (3 classes), `sex` (0 female, 1
 * male; 9 of the 342 are missing), `island` (3 classes) and `bodyMass` (g, 2,700 to 6,300). Group:
 * `year`.
 *
 * Licence: CC0 1.0. Cite: A. M. Horst, A. P. Hill, K. B. Gorman. palmerpenguins: Palmer Archipelago
 * (Antarctica) penguin data. R package 0.1.0, 2020. doi:10.5281/zenodo.3960218.
 *
 * Known traps: missing labels are masked, not zero; Gentoo live on Biscoe only and Chinstrap on
 * Dream only, so `island` is partly `species`.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function penguins(options: DataOptions = {}): Promise<TableSet<PenguinTarget>> {
  const file = "palmerpenguins/penguins.csv";
  const table = TextTable.parse(await readDataFile(file, options), { file });
  const names = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"];
  const columns = names.map((name) => table.numbers(name, "NA"));
  const measured = Array.from(columns[0].keys()).filter((row) =>
    columns.every((column) => !Number.isNaN(column[row]))
  );
  const features = new Features(measured.length);
  const keep = <Value>(values: ArrayLike<Value>) => measured.map((row) => values[row]);
  names.forEach((name, at) => features.number(name, keep(columns[at])));
  const dataset = MultiTaskDataset.from({
    inputs: { features: features.column() },
    targets: {
      species: classTarget(
        Int32Array.from(keep(table.codes("species", penguinSpecies))),
        penguinSpecies,
      ),
      sex: numberTarget(
        keep(table.codes("sex", ["female", "male"], "NA")).map((code) => code < 0 ? NaN : code),
      ),
      island: classTarget(
        Int32Array.from(keep(table.codes("island", penguinIslands))),
        penguinIslands,
      ),
      bodyMass: numberTarget(keep(table.numbers("body_mass_g", "NA"))),
    },
    groups: { year: keep(table.numbers("year")) },
    name: "Palmer penguins",
    description: "Palmer penguins: three species measured in Antarctica (Horst et al. 2020).",
  });
  return { dataset, featureNames: features.names };
}

/**
 * Leptograpsus crabs: rock crabs of two colours.
 *
 * Records: 200, 50 of each colour and sex. Input `features` `[5]`: frontal lobe, rear width,
 * length and width of the carapace, body depth (mm). Targets: `species` (0 blue, 1 orange) and
 * `sex` (0 female, 1 male).
 *
 * Licence: none stated (classic textbook data), so the file is not shipped. Cite: N. A. Campbell,
 * R. J. Mahon. A multivariate study of variation in two species of rock crab of genus
 * Leptograpsus. Aust. J. Zool. 22, 1974.
 *
 * Known trap: all measures grow together with the size of the animal; only their ratios tell.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function crabs(options: DataOptions = {}): Promise<TableSet<CrabTarget>> {
  const file = "crabs/crabs.dat";
  const text = new TextDecoder().decode(await readDataFile(file, options));
  const bytes = new TextEncoder().encode(text.replace(/[ \t]+/g, " ").replace(/ $/gm, ""));
  const table = TextTable.parse(bytes, { file, delimiter: " " });
  const features = new Features(table.rows);
  for (const name of ["FL", "RW", "CL", "CW", "BD"]) features.number(name, table.numbers(name));
  const dataset = MultiTaskDataset.from({
    inputs: { features: features.column() },
    targets: {
      species: numberTarget(table.codes("sp", ["B", "O"])),
      sex: numberTarget(table.codes("sex", ["F", "M"])),
    },
    name: "Crabs",
    description: "Leptograpsus crabs: two colours and sexes (Campbell and Mahon 1974).",
  });
  return { dataset, featureNames: features.names };
}
