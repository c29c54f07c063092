import type { DataOptions } from "../fetch.ts";
import { DataUnavailableError } from "../errors.ts";
import { Random } from "../../math/random.ts";
import { drawGarments } from "./_draw_garments.ts";
import { idxImages, imageParts } from "./_idx_images.ts";
import type { BuiltInOption, Parts, PartSizes } from "./_parts.ts";

/** Options of {@linkcode fashionMnist}. */
export interface FashionMnistOptions extends PartSizes, BuiltInOption, DataOptions {}

/** The targets of {@linkcode fashionMnist}. */
export type FashionMnistTarget = "garment" | "group" | "footwear";

/** Names of the classes of `garment`. */
export const garments: readonly string[] = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/** Names of the classes of `group`. */
export const garmentGroups: readonly string[] = ["top", "trousers", "dress", "footwear", "bag"];

/** For each garment its group. */
const GROUP_OF = [0, 1, 0, 2, 0, 3, 0, 3, 4, 3];
const FOOTWEAR = 3;

/**
 * Fashion-MNIST: photographs of garments, in the form of MNIST.
 *
 * Records: 60,000 training and 10,000 test images, 6,000 and 1,000 of each class. Input `image`
 * `[28, 28, 1]`, background 0 to 1 (bytes divided by 255). Targets: `garment` (10 classes),
 * `group` (5 classes: tops, trousers, dress, footwear, bag; made here from the garment) and
 * `footwear` (1 for sandals, sneakers and ankle boots).
 *
 * Licence: MIT (Zalando SE). Cite: H. Xiao, K. Rasul, R. Vollgraf. Fashion-MNIST: a novel image
 * dataset for benchmarking machine learning algorithms. arXiv:1708.07747, 2017.
 *
 * Known traps: `group` and `footwear` follow from `garment`, so they add no information, only
 * another emphasis; shirts, pullovers, coats and T-shirts are hard to tell apart even for people.
 *
 * @param options `validation` (default 5,000) training images are held out at random, `train`
 * (default: the other 55,000) are drawn from the rest, `test` (default: all 10,000 in the official
 * order); `seed` (0) of these choices; `orBuiltIn`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had and `orBuiltIn` is not set.
 */
export async function fashionMnist(
  options: FashionMnistOptions = {},
): Promise<Parts<"image", FashionMnistTarget>> {
  try {
    const images = await idxImages("fashion-mnist", options);
    return imageParts("Fashion-MNIST", images, options, targetsOf, {
      description: "Fashion-MNIST: photographs of garments, 28 x 28 pixels (Xiao et al. 2017).",
    });
  } catch (error) {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return drawnGarments(options);
  }
}

/** Silhouettes of the ten garments, where the photographs cannot be had. */
function drawnGarments(options: PartSizes): Parts<"image", FashionMnistTarget> {
  const { train = 10_000, validation = 1_000, test = 2_000, seed } = options;
  const part = (name: string, count: number) =>
    drawGarments(count, Random.stream("stand-in garments", name));
  const source = { train: part("train", train + validation), test: part("test", test) };
  const sizes = { train, validation, test, seed };
  return imageParts("Drawn garments (no Fashion-MNIST)", source, sizes, targetsOf, {
    description: "Generated: silhouettes drawn by a program, because Fashion-MNIST could not be " +
      "had. Numbers measured on them say nothing about Fashion-MNIST.",
    origin: "generated",
  });
}

function targetsOf(labels: Int32Array) {
  const groups = labels.map((label) => GROUP_OF[label]);
  return {
    garment: { values: labels, shape: [], labels: garments },
    group: { values: groups, shape: [], labels: garmentGroups },
    footwear: {
      values: Float32Array.from(groups, (group) => group === FOOTWEAR ? 1 : 0),
      shape: [],
    },
  };
}
