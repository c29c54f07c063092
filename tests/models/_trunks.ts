import * as tf from "@tensorflow/tfjs";
import { encoders, MultiTaskDataset, Random } from "polytask";

/** Rows of {@linkcode dataOf}. */
export const ROWS = 24;
/** Classes of the words of {@linkcode dataOf}. */
export const CLASSES = 3;

/** A kind of trunk and the rows that it reads. */
export interface TrunkKind {
  readonly encoder: encoders.Encoder;
  /** Shape of a row. */
  readonly shape: readonly number[];
  /** Rows are texts of indices below this number, with padding (0) behind the words. */
  readonly vocabulary?: number;
  /** Rows are numbers, then for each of these categories a 0 or 1 for each of its values. */
  readonly categories?: readonly number[];
  /** Whether features keep the words, so that tasks are about each of them. */
  readonly steps?: boolean;
  /** Whether the plain backend runs it too. Default false. */
  readonly everywhere?: boolean;
}

const vocabulary = 9;
const table = { numbers: 2, categories: [3, 2] };

/** Kinds of trunk, small. */
export const trunks: Readonly<Record<string, TrunkKind>> = {
  "MLP": { encoder: encoders.mlp({ units: [6, 4] }), shape: [4], everywhere: true },
  "CNN": {
    encoder: encoders.smallCnn({ filters: [4, 4], units: 8 }),
    shape: [8, 8, 1],
    everywhere: true,
  },
  "audio CNN": {
    encoder: encoders.audioCnn({ filters: [4, 4], units: 8 }),
    shape: [9, 4],
    everywhere: true,
  },
  "table": {
    encoder: encoders.embeddingMlp({ ...table, embedding: 2, units: [6, 4] }),
    shape: [table.numbers + 3 + 2],
    categories: table.categories,
  },
  "BiLSTM by steps": {
    encoder: encoders.lstm({ vocabulary, embedding: 4, units: [3], output: "steps" }),
    shape: [5],
    vocabulary,
    steps: true,
  },
  "transformer": {
    encoder: encoders.transformer({ vocabulary, units: 4, heads: 2, blocks: 1, hidden: 4 }),
    shape: [5],
    vocabulary,
  },
  "ResNet with batch norm": {
    encoder: encoders.resNet({ width: 2, blocks: [1, 1], norm: "batch" }),
    shape: [6, 6, 1],
  },
};

/** The numbers of some rows. */
function valuesOf({ shape, vocabulary, categories }: TrunkKind, rows: number, random: Random) {
  const size = sizeOf(shape);
  if (vocabulary !== undefined) {
    return Float32Array.from({ length: rows * size }, (_, at) => {
      // One row in three fills its length.
      const words = size - Math.floor(at / size) % 3;
      return at % size < words ? 1 + random.integer(vocabulary - 1) : 0;
    });
  }
  const values = Float32Array.from({ length: rows * size }, () => random.normal());
  if (!categories) return values;
  const ones = categories.reduce((sum, count) => sum + count);
  for (let row = 0; row < rows; row++) {
    let start = (row + 1) * size - ones;
    values.fill(0, start, (row + 1) * size);
    for (const count of categories) {
      values[start + random.integer(count)] = 1;
      start += count;
    }
  }
  return values;
}

/** Some rows for a trunk. The caller owns them. */
export function rowsOf(kind: TrunkKind, rows: number): tf.Tensor {
  return tf.tensor(valuesOf(kind, rows, new Random(7)), [rows, ...kind.shape]);
}

/**
 * Rows with something to learn, `sign` missing in a third of them. About words where `steps` is
 * asked for, else about rows.
 */
export function dataOf(kind: TrunkKind, steps = false): MultiTaskDataset {
  const random = new Random(1);
  const { shape } = kind;
  const size = sizeOf(shape);
  const values = valuesOf(kind, ROWS, random);
  const mask = Uint8Array.from({ length: ROWS }, (_, row) => row % 3 === 0 ? 0 : 1);
  const inputs = { x: { values, shape } };
  if (steps) {
    const classOf = (of: (word: number) => number) => ({
      values: Int32Array.from(values, (word) => word === 0 ? -1 : of(word) % CLASSES),
      shape,
    });
    return MultiTaskDataset.from({
      inputs,
      targets: {
        sign: { ...classOf((word) => word), mask },
        sum: classOf((word) => Math.floor(word / CLASSES)),
      },
    });
  }
  // What a number says: itself, or what its word stands for.
  const meanings = Float32Array.from({ length: kind.vocabulary ?? 0 }, () => random.normal());
  const said = kind.vocabulary === undefined ? values : values.map((word) => meanings[word]);
  const sums = Float32Array.from(
    { length: ROWS },
    (_, row) => said.subarray(row * size, (row + 1) * size).reduce((sum, each) => sum + each),
  );
  return MultiTaskDataset.from({
    inputs,
    targets: {
      sign: { values: sums.map((sum) => sum > 0 ? 1 : 0), shape: [], mask },
      sum: { values: sums.map((sum) => sum / Math.sqrt(size)), shape: [] },
      large: { values: sums.map((sum) => sum > Math.sqrt(size) / 2 ? 1 : 0), shape: [] },
    },
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
