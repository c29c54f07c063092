import { type DataOptions, readDataFile } from "../fetch.ts";
import { DataFormatError } from "../errors.ts";
import { parseIdx } from "../formats/idx.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { gunzip } from "../_unpack.ts";
import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { Random } from "../../math/random.ts";
import { checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** Side of an image, in pixels. */
export const SIDE = 28;
const TRAIN = 60_000;
const TEST = 10_000;
const CLASSES = 10;
const HEADER = 16;
const DEFAULT_VALIDATION = 5_000;

/** Images `[rows, 28, 28]` as bytes and their classes. */
export interface LabelledImages {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

/** The two official parts. */
export interface IdxImages {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** Reads MNIST or a set with the same files. */
export async function idxImages(dataset: string, options: DataOptions): Promise<IdxImages> {
  const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
  const sources = names.map((name) => `${dataset}/${name}-ubyte.gz`);
  const { arrays } = await parsedOnce({ name: dataset, version: 1, sources }, options, async () => {
    const reads = [
      readImages(sources[0], TRAIN, options),
      readLabels(sources[1], TRAIN, options),
      readImages(sources[2], TEST, options),
      readLabels(sources[3], TEST, options),
    ] as const;
    // Of several files that fail the first in the list is told, not the fastest.
    await Promise.allSettled(reads);
    const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(reads);
    return { arrays: { trainImages, trainLabels, testImages, testLabels }, notes: null };
  });
  return {
    train: { images: arrays.trainImages, labels: arrays.trainLabels },
    test: { images: arrays.testImages, labels: arrays.testLabels },
  };
}

async function readImages(key: string, rows: number, options: DataOptions): Promise<Uint8Array> {
  const packed = await readDataFile(key, options);
  const bytes = gunzip(packed, key, HEADER + rows * SIDE * SIDE);
  const { values, shape } = parseIdx(bytes, { file: key, dimensions: 3 });
  checkShape(key, shape, [rows, SIDE, SIDE]);
  return values;
}

async function readLabels(key: string, rows: number, options: DataOptions): Promise<Int32Array> {
  const packed = await readDataFile(key, options);
  const { values, shape } = parseIdx(gunzip(packed, key, HEADER + rows), {
    file: key,
    dimensions: 1,
  });
  checkShape(key, shape, [rows]);
  const wrong = values.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new DataFormatError(
      key,
      8 + wrong,
      `expected a class from 0 to 9, found ${values[wrong]}.`,
    );
  }
  return Int32Array.from(values);
}

function checkShape(file: string, found: readonly number[], expected: readonly number[]): void {
  if (found.length === expected.length && found.every((side, at) => side === expected[at])) return;
  throw new DataFormatError(
    file,
    4,
    `expected an array of ${expected.join(" x ")}, found ${found.join(" x ")}.`,
  );
}

/** Images as an input column: pixels from 0 (paper) to 1 (ink), `[28, 28, 1]`. */
export function imageColumn(images: Uint8Array, side = SIDE): Column {
  return { values: images, shape: [side, side, 1], scale: 1 / 255 };
}

/** How the 60,000 training images are dealt out: positions of the training and validation part. */
export interface Dealt {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Holds `validation` training images out at random; of the rest, `train` at random. The held-out
 * images are the same for every `train`.
 */
export function deal(set: string, rows: number, sizes: PartSizes): Dealt {
  const held = checkSize(set, "validation", sizes.validation ?? DEFAULT_VALIDATION, rows);
  const train = checkSize(set, "train", sizes.train ?? rows - held, rows - held);
  const order = Random.stream(sizes.seed ?? 0, `${set} training images`).permutation(rows);
  return { validation: order.slice(0, held), train: order.slice(held, held + train) };
}

/** Positions of the test part: all in the official order, or some at random. */
export function dealTest(set: string, rows: number, sizes: PartSizes): Int32Array {
  const test = checkSize(set, "test", sizes.test ?? rows, rows);
  if (test === rows) return Int32Array.from({ length: rows }, (_, row) => row);
  // The second half of the MNIST test images is easier than the first: never take "the first n".
  return Random.stream(sizes.seed ?? 0, `${set} test images`).permutation(rows).slice(0, test);
}

/** The three parts of a set whose targets follow from one class for each image. */
export function imageParts<Target extends string>(
  set: string,
  { train, test }: IdxImages,
  sizes: PartSizes,
  targets: (labels: Int32Array) => Record<Target, Column>,
  about: { readonly description: string; readonly origin?: "measured" | "generated" },
): Parts<"image", Target> {
  const dataset = (part: string, { images, labels }: LabelledImages) =>
    MultiTaskDataset.from({
      inputs: { image: imageColumn(images) },
      targets: targets(labels),
      name: `${set} ${part}`,
      ...about,
    });
  const dealt = deal(set, train.labels.length, sizes);
  const testRows = dealTest(set, test.labels.length, sizes);
  const whole = dataset("train", train);
  return {
    train: whole.subset(dealt.train),
    validation: whole.subset(dealt.validation),
    test: dataset("test", test).subset(testRows),
  };
}
