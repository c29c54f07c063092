import { builtOnce } from "../_cached_parts.ts";
import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { DataFormatError } from "../errors.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { type ArffAttribute, type ArffTable, parseArff } from "../formats/arff.ts";
import { Features, numberTarget, type SplitTableSet, type TableSet } from "./_table_set.ts";

/** For each regression set the number of targets, which are the last columns. */
const REGRESSION_TARGETS = {
  andro: 6,
  atp1d: 6,
  edm: 2,
  enb: 2,
  jura: 3,
  oes10: 16,
  oes97: 16,
  sf1: 3,
  sf2: 3,
  slump: 3,
  wq: 14,
} as const;

/** Names of the sets of {@linkcode mulanRegression}. */
export type MulanRegressionName = keyof typeof REGRESSION_TARGETS;

const LABELLED = { emotions: false, flags: false, scene: true, yeast: true } as const;

/** Names of the sets of {@linkcode mulanLabels}. */
export type MulanLabelName = keyof typeof LABELLED;

/**
 * The Mulan sets for multi-target regression.
 *
 * Records: `andro` 49 (water quality, 6 targets), `atp1d` 337 (air ticket prices, 6), `edm` 154
 * (electrical discharge machining, 2), `enb` 768 (heating and cooling load of buildings, 2), `jura`
 * 359 (metals in soil, 3), `oes10` 403 and `oes97` 334 (employment by trade in cities, 16), `sf1`
 * 323 and `sf2` 1,066 (solar flares, 3), `slump` 103 (concrete, 3), `wq` 1,060 (river organisms,
 * 14). Input `features`: the other columns as they are; categories as 0 and 1. Targets: named as
 * in the file (those of `wq`, which are numbers there, `taxon 25400` and so on), in its units.
 *
 * Licence: enb, slump, sf1, sf2: CC BY 4.0 (UCI); the others: none stated, so they are not shipped.
 * Cite: E. Spyromitros-Xioufis, G. Tsoumakas, W. Groves, I. Vlahavas. Multi-target regression via
 * input space expansion. Machine Learning 104, 2016.
 *
 * Known traps: the sets are small, so compare with cross-validation and give intervals; targets
 * differ in unit, so standardise them; the solar flare targets are almost always 0.
 *
 * @param name Which set. @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function mulanRegression(
  name: MulanRegressionName,
  options: DataOptions = {},
): Promise<TableSet<string>> {
  const count = REGRESSION_TARGETS[name];
  if (!count) throw unknown(name, Object.keys(REGRESSION_TARGETS));
  const file = `mulan-multi-target/${name}.arff`;
  const table = parseArff(await readDataFile(file, options), { file });
  const inputs = table.attributes.slice(0, -count);
  const outputs = table.attributes.slice(-count);
  const features = featuresOf(table, inputs);
  const dataset = MultiTaskDataset.from<"features", string>({
    inputs: { features: features.column() },
    targets: Object.fromEntries(outputs.map(({ name, values }) => [
      // A name of digits alone would lose its place in the order of an object.
      /^\d+$/.test(name) ? `taxon ${name}` : name,
      numberTarget(values),
    ])),
    name: `Mulan ${name}`,
    description: `Mulan ${name}: multi-target regression (Spyromitros-Xioufis et al. 2016).`,
  });
  return { dataset, featureNames: features.names };
}

/**
 * The Mulan sets with several binary labels for each row, in the authors' parts.
 *
 * Records (training + test): `emotions` 391 + 202 (pieces of music, 6 moods), `flags` 129 + 65
 * (flags of nations, 7 colours), `scene` 1,211 + 1,196 (photographs, 6 scenes), `yeast` 1,500 + 917
 * (genes, 14 classes). Input `features`: the other columns as they are; categories as 0 and 1.
 * Targets: one for each label, 0 or 1.
 *
 * Licence: none stated, so they are not shipped. Cite: emotions: K. Trohidis et al. ISMIR 2008;
 * flags: E. C. Goncalves et al. ICTAI 2013; scene: M. Boutell et al. Pattern Recognition 37, 2004;
 * yeast: A. Elisseeff, J. Weston. NIPS 2001.
 *
 * Known trap: labels are rare and unequal (one class of yeast has 34 rows in all); accuracy says
 * little, use F1.
 *
 * @param name Which set. @param options Where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function mulanLabels(
  name: MulanLabelName,
  options: DataOptions = {},
): Promise<SplitTableSet<string>> {
  if (!(name in LABELLED)) throw unknown(name, Object.keys(LABELLED));
  const names = `mulan-multi-label/${name}.xml`;
  const files = [`mulan-multi-label/${name}-train.arff`, `mulan-multi-label/${name}-test.arff`];
  const part = (which: string, table: ArffTable, labels: readonly string[], file: string) => {
    const outputs = labels.map((label) => findLabel(table, label, file));
    const features = featuresOf(table, table.attributes.filter((each) => !outputs.includes(each)));
    const targets = outputs.map((
      { name, values },
    ): [string, Column] => [name, numberTarget(values)]);
    return {
      columns: {
        inputs: { features: features.column() },
        targets: Object.fromEntries(targets),
        name: `Mulan ${name} ${which}`,
        description: `Mulan ${name}: several labels for each row.`,
      },
      featureNames: features.names,
    };
  };
  const key = { name: `mulan-${name}`, version: 1, sources: [names, ...files] };
  const { parts, extra } = await builtOnce(key, options, async () => {
    const [labels, tables] = await Promise.all([
      readDataFile(names, options).then((bytes) => labelNames(bytes, names)),
      Promise.all(
        files.map(async (file) => parseArff(await readDataFile(file, options), { file })),
      ),
    ]);
    const [train, test] = ["train", "test"].map((which, at) =>
      part(which, tables[at], labels, files[at])
    );
    return { parts: { train: train.columns, test: test.columns }, extra: train.featureNames };
  });
  return {
    train: MultiTaskDataset.from<"features", string>(parts.train),
    test: MultiTaskDataset.from<"features", string>(parts.test),
    featureNames: extra,
  };
}

function featuresOf(table: ArffTable, attributes: readonly ArffAttribute[]): Features {
  const features = new Features(table.rows);
  for (const { name, labels, values } of attributes) {
    const codes = () => Int32Array.from(values, (value) => Number.isNaN(value) ? -1 : value);
    if (labels) features.oneHot(name, codes(), labels);
    else features.number(name, values);
  }
  return features;
}

/** The names in `<label name="..."></label>`, in order. */
function labelNames(bytes: Uint8Array, file: string): string[] {
  const text = new TextDecoder().decode(bytes);
  const names = Array.from(text.matchAll(/<label\s+name="([^"<>]+)"/g), (match) => match[1]);
  if (names.length > 0 && new Set(names).size === names.length) return names;
  throw new DataFormatError(file, 1, "expected <label> elements with different names.", "line");
}

function findLabel(table: ArffTable, name: string, file: string): ArffAttribute {
  const attribute = table.attributes.find((each) => each.name === name);
  if (attribute?.labels?.join() === "0,1") return attribute;
  throw new DataFormatError(file, 1, `expected an attribute "${name}" of {0,1}.`, "line");
}

function unknown(name: string, names: readonly string[]): RangeError {
  return new RangeError(`There is no Mulan set "${name}" here; there are ${names.join(", ")}.`);
}
