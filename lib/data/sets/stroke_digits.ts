import { Random } from "../../math/random.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { drawDigits } from "./_draw_digits.ts";
import { imageColumn } from "./_idx_images.ts";
import { checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** The targets of {@linkcode strokeDigits}. */
export type StrokeDigitTarget = "digit" | "slant" | "thickness" | "size";

const MOST = 1_000_000;

/**
 * Digits drawn by a program as a pen would draw them, with known factors. No download; the same
 * seed gives the same images.
 *
 * Records: as many as asked for. Input `image` `[28, 28, 1]`, ink 1 on paper 0. Targets: `digit`
 * (10 classes, all as likely), `slant` (radians to the right, -0.35 to 0.45), `thickness` (of the
 * pen, 1.4 to 3.8 pixels) and `size` (height, 15 to 21 pixels), each drawn independently and
 * evenly from its range. Besides these, the way of writing (two or three for most digits), the
 * ratio of width to height, a slight turn and shift, and a tremor of the hand vary.
 *
 * Known trap: the images are easier than handwriting; accuracies on them say nothing about MNIST.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const { train } = data.strokeDigits({ seed: 7, train: 100, validation: 0, test: 0 });
 * deepStrictEqual(train.inputs.image.shape, [28, 28, 1]);
 * ```
 *
 * @param options `train` (default 10,000), `validation` (1,000), `test` (2,000), `seed` (0).
 */
export function strokeDigits(options: PartSizes = {}): Parts<"image", StrokeDigitTarget> {
  const { train = 10_000, validation = 1_000, test = 2_000, seed = 0 } = options;
  const part = (name: string, size: number) => {
    checkSize("Stroke digits", name, size, MOST);
    const drawn = drawDigits(size, Random.stream(seed, `stroke digits, ${name}`));
    return MultiTaskDataset.from({
      inputs: { image: imageColumn(drawn.images) },
      targets: {
        digit: { values: drawn.digit, shape: [] },
        slant: { values: drawn.slant, shape: [] },
        thickness: { values: drawn.thickness, shape: [] },
        size: { values: drawn.size, shape: [] },
      },
      name: `stroke digits ${name}`,
      description: "Generated: digits drawn by a program with known slant, thickness and size.",
      origin: "generated",
    });
  };
  return {
    train: part("train", train),
    validation: part("validation", validation),
    test: part("test", test),
  };
}
