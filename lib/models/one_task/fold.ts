import type { InputShapes } from "../architecture.ts";
import { foldScales } from "./fold_scales.ts";
import { MadeConstants } from "./made_constants.ts";
import { mergeOffsets } from "./merge_offsets.ts";
import { mergeProducts } from "./merge_products.ts";
import { multiplyInstead } from "./multiply_instead.ts";
import { constantsOf, type Program } from "./program.ts";
import { shareEqual } from "./share_equal.ts";
import { subtractInstead } from "./subtract_instead.ts";

/** A program, and the constants that were made for it, which the caller owns. */
export interface Folded {
  readonly program: Program;
  readonly made: MadeConstants;
}

/** Numbers that a program holds, single ones aside. */
export function numbersOf(program: Program): number {
  return constantsOf(program).reduce((sum, { size, rank }) => rank > 0 ? sum + size : sum, 0);
}

/**
 * An equal program that computes nothing twice and has no more operations and numbers than needed: factors go into
 * the kernels before and after them, offsets and products that follow one another become one. Constants that are not
 * `made` stay whose they are.
 */
export async function fold(program: Program, inputShapes: InputShapes): Promise<Folded> {
  const made = new MadeConstants();
  try {
    const shared = await shareEqual(program, inputShapes);
    const plain = await subtractInstead(await multiplyInstead(shared, made), made);
    for (const foldable of ["all", "single numbers"] as const) {
      const scaled = await foldScales(plain, inputShapes, made, foldable);
      const merged = await mergeProducts(await mergeOffsets(scaled, made), inputShapes, made);
      const folded = await shareEqual(merged, inputShapes);
      if (numbersOf(folded) <= numbersOf(shared)) return { program: folded, made };
    }
    return { program: shared, made };
  } catch (error) {
    made.dispose();
    throw error;
  }
}
