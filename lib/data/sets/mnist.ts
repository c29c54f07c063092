import type { DataOptions } from "../fetch.ts";
import { digitSource, standInDescription } from "./_digit_source.ts";
import { imageParts } from "./_idx_images.ts";
import type { BuiltInOption, Parts, PartSizes } from "./_parts.ts";

/** Options of {@linkcode mnist}. */
export interface MnistOptions extends PartSizes, BuiltInOption, DataOptions {}

/**
 * MNIST: handwritten digits.
 *
 * Records: 60,000 training and 10,000 test images. Input `image` `[28, 28, 1]`, ink 1 on paper 0
 * (bytes divided by 255). Target `digit`, 10 classes, 5,421 to 6,742 training images of each.
 *
 * Licence: CC BY-SA 3.0 as stated by common mirrors. Cite: Y. LeCun, L. Bottou, Y. Bengio,
 * P. Haffner. Gradient-based learning applied to document recognition. Proc. IEEE 86(11), 1998.
 *
 * Known trap: the first 5,000 test images are cleaner than the last 5,000 (other writers), so a
 * smaller test part is drawn at random. Writers are not named; validation images may be by a
 * writer of training images, test images are not.
 *
 * @param options `validation` (default 5,000) training images are held out at random, `train`
 * (default: the other 55,000) are drawn at random from the rest, `test` (default: all 10,000 in
 * the official order); `seed` (0) of these choices; `orBuiltIn`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had and `orBuiltIn` is not set.
 */
export async function mnist(options: MnistOptions = {}): Promise<Parts<"image", "digit">> {
  const standIn = {
    ...options,
    train: options.train ?? 10_000,
    validation: options.validation ?? 1_000,
    test: options.test ?? 2_000,
  };
  const source = await digitSource(options, {
    train: standIn.train + standIn.validation,
    test: standIn.test,
  });
  const targets = (labels: Int32Array) => ({ digit: { values: labels, shape: [] } });
  if (source.origin === "generated") {
    const about = { description: standInDescription, origin: source.origin };
    return imageParts("Drawn digits (no MNIST)", source, standIn, targets, about);
  }
  return imageParts("MNIST", source, options, targets, {
    description: "MNIST: handwritten digits, 28 x 28 pixels (LeCun et al. 1998).",
  });
}
