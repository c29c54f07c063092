import { createHash } from "node:crypto";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as data from "../../../lib/data/mod.ts";
import { idxImages } from "../../../lib/data/sets/_idx_images.ts";
import { testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

// Ranges and three exact rows of every part of every set, against what bench/data/oracles.py read
// from the files with pandas, NumPy, SciPy and soundfile.

type Value = number | string | null | readonly (number | string)[];

interface Oracle {
  readonly set: string;
  readonly part: string;
  readonly rows: number;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  readonly examples: readonly {
    readonly row: number;
    readonly input: unknown;
    readonly targets: Readonly<Record<string, Value>>;
  }[];
}

/** A part of a set as the oracles see it. */
interface Part {
  readonly rows: number;
  range(column: string): readonly [number, number];
  /** As the oracle has it; `expected` says in which form. */
  input(row: number, expected: unknown): unknown;
  target(name: string, row: number): Value;
}

type Parts = Record<string, Part>;

const oracles: { parts: Oracle[] } = JSON.parse(
  await Deno.readTextFile(new URL("../../oracles/data_rows.json", import.meta.url)),
);

function rangeOf(values: Iterable<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function targetOf(set: data.MultiTaskDataset, name: string, row: number): Value {
  const { shape, labels, mask } = set.targets[name];
  const one = set.subset([row]).target(name);
  if (mask && !one.mask![0]) return null;
  const named = (value: number) => labels?.[value] ?? value;
  if (shape.length === 0) return named(one.values[0]);
  return Array.from(one.values).filter((tag) => tag !== data.NO_TAG).map(named);
}

/** The labels that are there. */
function labelsOf(set: data.MultiTaskDataset, name: string): number[] {
  const { values, mask } = set.target(name);
  return Array.from(values).filter((_, row) => !mask || mask[row]);
}

function table(set: data.MultiTaskDataset, names: readonly string[]): Part {
  const { values } = Object.values(set.inputs)[0];
  const width = names.length;
  return {
    rows: set.size,
    range(column) {
      const at = names.indexOf(column);
      if (at < 0) return rangeOf(labelsOf(set, column));
      return rangeOf(Array.from(set.rows, (row) => values[row * width + at]));
    },
    input(position) {
      const row = set.rows[position];
      const there = Array.from(names.keys()).filter((at) => values[row * width + at] !== 0);
      return Object.fromEntries(there.map((at) => [names[at], values[row * width + at]]));
    },
    target: (name, row) => targetOf(set, name, row),
  };
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** All rows of the columns that a part was drawn from. */
function inFileOrder({ inputs, targets }: data.MultiTaskDataset): data.MultiTaskDataset {
  return data.MultiTaskDataset.from({ inputs, targets });
}

/** Images of bytes. */
function images(set: data.MultiTaskDataset): Part {
  const { values, shape } = set.inputs.image;
  const size = shape.reduce((product, side) => product * side, 1);
  return {
    rows: set.size,
    range: () => rangeOf(values),
    input: (row) => sha256(values.slice(row * size, (row + 1) * size) as Uint8Array),
    target: (name, row) => targetOf(set, name, row),
  };
}

const MOST_WORDS = 160;

function texts(set: data.MultiTaskDataset, vocabulary: data.Vocabulary): Part {
  const { values, shape: [length] } = set.inputs.words;
  const indices = (row: number) =>
    Array.from(values.subarray(row * length, (row + 1) * length))
      .filter((word) => word !== data.PADDING);
  const lengthOf = (row: number) => {
    let at = length;
    while (at > 0 && values[row * length + at - 1] === data.PADDING) at--;
    return at;
  };
  return {
    rows: set.size,
    range: () => rangeOf(Array.from(set.rows, lengthOf)),
    input(row, expected) {
      const words = indices(set.rows[row]).map((word) => vocabulary.words[word]);
      if (typeof expected === "string") return sha256(words.slice(0, 100).join(" "));
      // A word that the training part does not have is one sign for all.
      const all = expected as readonly string[];
      return words.map((word, at) => vocabulary.index(all[at]) === data.UNKNOWN ? all[at] : word);
    },
    target: (name, row) => targetOf(set, name, row),
  };
}

async function idx(name: string, target: string, labels?: readonly string[]): Promise<Parts> {
  const parts = Object.entries(await idxImages(name, {})).map((
    [part, { images: values, labels: of }],
  ) => [
    part,
    images(data.MultiTaskDataset.from({
      inputs: { image: { values, shape: [28, 28, 1] } },
      targets: { [target]: { values: of, shape: [], labels } },
    })),
  ]);
  return Object.fromEntries(parts);
}

interface Split {
  readonly train: data.MultiTaskDataset;
  readonly test: data.MultiTaskDataset;
  readonly featureNames: readonly string[];
}

const one = ({ dataset, featureNames }: {
  readonly dataset: data.MultiTaskDataset;
  readonly featureNames: readonly string[];
}): Parts => ({ all: table(dataset, featureNames) });
const two = ({ train, test, featureNames }: Split): Parts => ({
  train: table(train, featureNames),
  test: table(test, featureNames),
});

async function recordings(): Promise<Parts> {
  const all = await data.fsddRecordings();
  // Samples of 16 bits were divided by 2^15.
  const bits = (row: number) => Int16Array.from(all[row].samples, (sample) => sample * 2 ** 15);
  return {
    all: {
      rows: all.length,
      range: (column) =>
        column === "samples"
          ? rangeOf(all.map(({ samples }) => samples.length))
          : rangeOf(all.flatMap((_, row) => rangeOf(bits(row)))),
      input: (row) => sha256(new Uint8Array(bits(row).buffer)),
      target: (name, row) => all[row][name as "digit" | "speaker"],
    },
  };
}

async function ratings(): Promise<Parts> {
  const { dataset, films, genres } = await data.movielens({ unseen: 0 });
  const { user, film, genres: flags } = dataset.inputs;
  return {
    all: {
      rows: dataset.size,
      range: (column) =>
        column === "user" ? rangeOf(user.values) : rangeOf(labelsOf(dataset, column)),
      input: (row) => ({
        user: user.values[row],
        film: films[film.values[row]],
        genres: genres.filter((_, at) => flags.values[row * genres.length + at]),
      }),
      target: (name, row) => targetOf(dataset, name, row),
    },
  };
}

async function stories(
  load: (length: number) => Promise<{ readonly vocabulary: data.Vocabulary }>,
): Promise<Parts> {
  const { vocabulary, ...parts } = await load(MOST_WORDS);
  const sets = Object.entries(parts).filter(([, part]) => part instanceof data.MultiTaskDataset);
  return Object.fromEntries(
    sets.map(([name, set]) => [name, texts(set as data.MultiTaskDataset, vocabulary)]),
  );
}

const loaders: Record<string, () => Promise<Parts>> = {
  adult: async () => two(await data.adult()),
  school: async () => ({
    all: table(await data.school(), data.schoolFeatures.map((_, at) => `${at}`)),
  }),
  sarcos: async () => one(await data.sarcos()),
  "parkinsons-telemonitoring": async () => one(await data.parkinsons()),
  "parkinson-speech": async () => two(await data.parkinsonSpeech()),
  "student-performance": async () => {
    const courses = (["maths", "portuguese"] as const).map(async (course) => {
      const { dataset, featureNames } = await data.student({ course });
      return [course, table(dataset, featureNames)] as const;
    });
    return Object.fromEntries(await Promise.all(courses));
  },
  "naval-propulsion": async () => one(await data.navalPropulsion()),
  "grid-stability": async () => one(await data.gridStability()),
  palmerpenguins: async () => one(await data.penguins()),
  crabs: async () => one(await data.crabs()),
  "movielens-latest-small": ratings,
  mnist: () => idx("mnist", "digit"),
  "fashion-mnist": () => idx("fashion-mnist", "garment"),
  optdigits: async () => {
    const { train, test } = await data.optdigits();
    return { train: images(train), test: images(test) };
  },
  "cifar10-jpg": async () => {
    // The official archive is not to be looked for.
    const nowhere = `${temporaryFolder()}/cache`;
    const options = { cache: nowhere, offline: true, orStandIn: true, validation: 0 };
    const { train, test } = await data.cifar10(options);
    return { train: images(inFileOrder(train)), test: images(inFileOrder(test)) };
  },
  fsdd: recordings,
  "ud-english-ewt": () => stories((length) => data.udEnglish({ length, vocabulary: 30_000 })),
  wnut17: () => stories((length) => data.wnut17({ length })),
  "snips-nlu": () => stories((length) => data.snips({ length, validation: 0 })),
  "fdu-mtl": () => stories((length) => data.fduMtl({ length, vocabulary: 300_000 })),
};

async function loaded(set: string): Promise<Parts> {
  const [folder, name] = set.split("/");
  if (folder === "mulan-multi-target") {
    return one(await data.mulanRegression(name as data.MulanRegressionName));
  }
  if (folder === "mulan-multi-label") {
    return two(await data.mulanLabels(name as data.MulanLabelName));
  }
  return await loaders[set]();
}

/** Whether numbers in nested lists and records agree up to the rounding of float32. */
function agree(found: unknown, expected: unknown, where: string): void {
  if (typeof found === "number" && typeof expected === "number") {
    const allowed = 1.2e-7 * Math.max(Math.abs(expected), 1e-30);
    ok(Math.abs(found - expected) <= allowed, `${where}: ${found}, not ${expected}`);
  } else if (found && expected && typeof found === "object" && typeof expected === "object") {
    deepStrictEqual(Object.keys(found).sort(), Object.keys(expected).sort(), where);
    for (const key of Object.keys(found)) {
      const inner = [found, expected].map((each) => (each as Record<string, unknown>)[key]);
      agree(inner[0], inner[1], `${where}, ${key}`);
    }
  } else strictEqual(found, expected, where);
}

for (const [set, parts] of Map.groupBy(oracles.parts, ({ set }) => set)) {
  testOnRealData(set.split("/")[0], `ranges and exact rows (${set})`, async () => {
    const all = await loaded(set);
    for (const { part: name, rows, ranges, examples } of parts) {
      const part = all[name];
      const where = `${set} ${name}`;
      strictEqual(part.rows, rows, where);
      for (const [column, [low, high]] of Object.entries(ranges)) {
        const most = column === "words" ? MOST_WORDS : Infinity;
        agree(part.range(column), [low, Math.min(high, most)], `${where}, range of ${column}`);
      }
      for (const { row, input, targets } of examples) {
        // The training part of Snips is in an order of its own.
        if (where === "snips-nlu train") continue;
        agree(part.input(row, input), input, `${where}, row ${row}`);
        for (const [target, value] of Object.entries(targets)) {
          agree(part.target(target, row), value, `${where}, row ${row}, ${target}`);
        }
      }
    }
  });
}

Deno.test("every set of the catalogue has rows to be compared with", () => {
  const compared = new Set(oracles.parts.map(({ set }) => set.split("/")[0]));
  const missing = Object.keys(data.catalogDatasets).filter((set) => !compared.has(set));
  // The official archive is nowhere to be read from here.
  deepStrictEqual(missing, ["cifar10"]);
});
