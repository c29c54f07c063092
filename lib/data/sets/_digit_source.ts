import { DataUnavailableError } from "../errors.ts";
import type { DataOptions } from "../fetch.ts";
import { Random } from "../../math/random.ts";
import { drawDigits } from "./_draw_digits.ts";
import { type IdxImages, idxImages } from "./_idx_images.ts";
import type { BuiltInOption } from "./_parts.ts";

/** Digits to make sets from, and where they are from. */
export interface DigitSource extends IdxImages {
  readonly origin: "measured" | "generated";
}

/** What a set made of drawn digits must say of itself. */
export const standInDescription = "Generated: digits drawn by a program, because MNIST could not " +
  "be had. Numbers measured on them say nothing about MNIST.";

/**
 * MNIST; or, where it cannot be had and `orBuiltIn` allows, as many drawn digits of the same shape
 * as `standIn` says.
 */
export async function digitSource(
  options: DataOptions & BuiltInOption,
  standIn: { readonly train: number; readonly test: number },
): Promise<DigitSource> {
  try {
    return { ...await idxImages("mnist", options), origin: "measured" };
  } catch (error) {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return { ...drawnSource(standIn), origin: "generated" };
  }
}

function drawnSource(counts: { readonly train: number; readonly test: number }): IdxImages {
  const part = (name: string, count: number) => {
    const { images, digit } = drawDigits(count, Random.stream("stand-in digits", name));
    return { images, labels: digit };
  };
  return { train: part("train", counts.train), test: part("test", counts.test) };
}
