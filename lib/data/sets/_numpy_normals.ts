import { mersenne } from "pure-rand/generator/mersenne";

/**
 * Standard normal numbers as NumPy's `RandomState(seed)` draws them, bit for bit up to the rounding
 * of the logarithm: Mersenne Twister (Matsumoto and Nishimura 1998), 53 random bits a number, the
 * polar method with the second of a pair drawn first. For data that were published by their seed.
 *
 * @throws {RangeError} When the seed is not a whole number from 0 to 2^32 - 1.
 */
export function numpyNormals(seed: number | string): () => number {
  if (typeof seed !== "number" || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(
      `A seed of NumPy's generator is a whole number from 0 to 2^32 - 1, but this is ${
        JSON.stringify(seed)
      }.`,
    );
  }
  const generator = mersenne(seed);
  const uniform = () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const first = 2 * uniform() - 1, second = 2 * uniform() - 1;
      const square = first ** 2 + second ** 2;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt(-2 * Math.log(square) / square);
      spare = factor * first;
      return factor * second;
    }
  };
}
