import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { DataFormatError, DataUnavailableError } from "../errors.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { type CifarImages, parseCifar } from "../formats/cifar.ts";
import { parseTar } from "../formats/tar.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { gunzip } from "../_unpack.ts";
import { Random } from "../../math/random.ts";
import { deal, dealTest } from "./_idx_images.ts";
import { drawnShapes, drawObjects } from "./_draw_objects.ts";
import type { BuiltInOption, Parts, PartSizes } from "./_parts.ts";

/** Options of {@linkcode cifar10}. */
export interface Cifar10Options extends PartSizes, BuiltInOption, DataOptions {
  /**
   * `true`: when the official archive (170 MB) is neither in the cache nor in a mirror, take the
   * small stand-in of JPEG copies where that is here, without asking the network for the archive.
   * Default `false`.
   */
  readonly orStandIn?: boolean;
}

/** The targets of {@linkcode cifar10}. */
export type Cifar10Target = "object" | "animal";

/** Names of the classes of `object`. */
export const cifar10Objects: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

const ARCHIVE = "cifar10/cifar-10-binary.tar.gz";
const FOLDER = "cifar-10-batches-bin";
const UNPACKED_AT_MOST = 200_000_000;
const STAND_IN = {
  train: "cifar10-jpg/cifar10-from-jpg-train-5000.bin",
  test: "cifar10-jpg/cifar10-from-jpg-test-1000.bin",
};
const VEHICLES = [0, 1, 8, 9];
const SHAPE = [32, 32, 3];

/**
 * CIFAR-10: small colour photographs.
 *
 * Records: 50,000 training and 10,000 test images, 5,000 and 1,000 of each class. Input `image`
 * `[32, 32, 3]`, red, green and blue from 0 to 1 (bytes divided by 255). Targets: `object` (10
 * classes) and `animal` (1 for bird, cat, deer, dog, frog, horse; made here).
 *
 * Licence: none stated by the authors (they ask for citation), so it is not shipped. Cite:
 * A. Krizhevsky. Learning multiple layers of features from tiny images. Technical report,
 * University of Toronto, 2009.
 *
 * Known traps: `animal` follows from `object`. The stand-in of `orStandIn` is another set: 500 + 100
 * images of each class from lossy JPEG copies. It says so in `name` and `description`; say so
 * wherever its numbers appear, and do not compare them with published ones.
 *
 * @param options `validation` (default 5,000; 500 of the stand-in) training images are held out at
 * random, `train` (default: all others), `test` (default: all); `seed` (0); `orStandIn`; where to
 * look for the files. With `orBuiltIn`, when neither can be had: coloured shapes drawn by a program,
 * ten kinds, whose `origin` is `"generated"`; `animal` then means nothing.
 * @throws {DataUnavailableError} When neither can be had and `orBuiltIn` is not set.
 */
export async function cifar10(
  options: Cifar10Options = {},
): Promise<Parts<"image", Cifar10Target>> {
  try {
    return await photographs(options);
  } catch (error) {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return drawn(options);
  }
}

async function photographs(options: Cifar10Options): Promise<Parts<"image", Cifar10Target>> {
  const official = async () => ({ ...await officialImages(options), standIn: false });
  if (!options.orStandIn) return photoParts(await official(), options);
  try {
    return photoParts(
      { ...await officialImages({ ...options, offline: true }), standIn: false },
      options,
    );
  } catch (error) {
    if (!(error instanceof DataUnavailableError)) throw error;
  }
  try {
    return photoParts({ ...await standInImages(options), standIn: true }, options);
  } catch (error) {
    if (!(error instanceof DataUnavailableError)) throw error;
  }
  return photoParts(await official(), options);
}

/** The two official parts. */
export interface Images {
  readonly train: CifarImages;
  readonly test: CifarImages;
}

async function officialImages(options: DataOptions): Promise<Images> {
  const key = { name: "cifar10", version: 1, sources: [ARCHIVE] };
  return await parsedImages(key, options, async () => {
    return imagesFromArchive(await readDataFile(ARCHIVE, options));
  });
}

/**
 * The images of the official archive, training batches one after the other.
 * @throws {DataFormatError} When it is no such archive; names the member.
 */
export function imagesFromArchive(packed: Uint8Array): Images {
  const members = parseTar(gunzip(packed, ARCHIVE, UNPACKED_AT_MOST), { file: ARCHIVE });
  const batch = (name: string) => {
    const bytes = members.get(`${FOLDER}/${name}.bin`);
    if (!bytes) throw new DataFormatError(ARCHIVE, 0, `expected a member "${name}.bin".`);
    return parseCifar(bytes, `${ARCHIVE}: ${name}.bin`);
  };
  const batches = [1, 2, 3, 4, 5].map((number) => batch(`data_batch_${number}`));
  return { train: joined(batches), test: batch("test_batch") };
}

async function standInImages(options: DataOptions): Promise<Images> {
  const sources = Object.values(STAND_IN);
  const key = { name: "cifar10-jpg", version: 1, sources };
  return await parsedImages(key, options, async () => {
    const [train, test] = await Promise.all(
      sources.map(async (file) => parseCifar(await readDataFile(file, options), file)),
    );
    return { train, test };
  });
}

async function parsedImages(
  key: Parameters<typeof parsedOnce>[0],
  options: DataOptions,
  parse: () => Promise<Images>,
): Promise<Images> {
  const { arrays } = await parsedOnce(key, options, async () => {
    const { train, test } = await parse();
    return {
      arrays: {
        trainImages: train.images,
        trainLabels: train.labels,
        testImages: test.images,
        testLabels: test.labels,
      },
      notes: null,
    };
  });
  const images = (images: Uint8Array, labels: Int32Array) => ({
    rows: labels.length,
    images,
    labels,
  });
  return {
    train: images(arrays.trainImages, arrays.trainLabels),
    test: images(arrays.testImages, arrays.testLabels),
  };
}

function joined(batches: readonly CifarImages[]): CifarImages {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const images = new Uint8Array(batches.reduce((sum, batch) => sum + batch.images.length, 0));
  const labels = new Int32Array(rows);
  let at = 0;
  for (const batch of batches) {
    images.set(batch.images, at * 3072);
    labels.set(batch.labels, at);
    at += batch.rows;
  }
  return { rows, images, labels };
}

/** Coloured shapes, where the photographs cannot be had. */
function drawn(options: Cifar10Options): Parts<"image", Cifar10Target> {
  const { train = 5_000, validation = 500, test = 1_000, seed } = options;
  const part = (name: string, count: number) =>
    drawObjects(count, Random.stream("stand-in objects", name));
  return parts(
    {
      set: "Drawn shapes (no CIFAR-10)",
      labels: drawnShapes,
      origin: "generated",
      description: "Generated: coloured shapes drawn by a program, because CIFAR-10 could not be " +
        "had. Numbers measured on them say nothing about CIFAR-10.",
    },
    { train: part("train", train + validation), test: part("test", test) },
    { train, validation, test, seed },
  );
}

function photoParts(images: Images & { standIn: boolean }, options: Cifar10Options) {
  const about = images.standIn
    ? {
      set: "CIFAR-10 stand-in (JPEG copies)",
      description:
        "A stand-in for CIFAR-10: 6,000 lossy JPEG copies. Not comparable with published numbers.",
    }
    : {
      set: "CIFAR-10",
      description: "CIFAR-10: colour photographs, 32 x 32 pixels (Krizhevsky 2009).",
    };
  return parts({ ...about, labels: cifar10Objects, origin: "measured" }, images, options);
}

interface About {
  readonly set: string;
  readonly labels: readonly string[];
  readonly description: string;
  readonly origin: "measured" | "generated";
}

function parts(
  { set, labels: names, description, origin }: About,
  { train, test }: Images,
  options: PartSizes,
): Parts<"image", Cifar10Target> {
  const dataset = (part: string, { images, labels }: CifarImages) => {
    const image: Column = { values: images, shape: SHAPE, scale: 1 / 255 };
    const animal = Float32Array.from(labels, (label) => VEHICLES.includes(label) ? 0 : 1);
    return MultiTaskDataset.from({
      inputs: { image },
      targets: {
        object: { values: labels, shape: [], labels: names },
        animal: { values: animal, shape: [] },
      },
      name: `${set} ${part}`,
      description,
      origin,
    });
  };
  const validation = options.validation ?? train.rows / 10;
  const dealt = deal(set, train.rows, { ...options, validation });
  const whole = dataset("train", train);
  return {
    train: whole.subset(dealt.train),
    validation: whole.subset(dealt.validation),
    test: dataset("test", test).subset(dealTest(set, test.rows, options)),
  };
}
