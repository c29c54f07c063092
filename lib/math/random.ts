import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Everything that a {@linkcode Random} needs to go on where it was. JSON-safe. */
export interface RandomState {
  /** The four words of the generator. */
  readonly generator: readonly number[];
  /** The second number of a normal pair that was not used yet. */
  readonly spareNormal: number | null;
}

/**
 * Seeded random numbers: the same seed gives the same numbers on every machine.
 *
 * The generator is xoroshiro128+ (Blackman and Vigna 2018) from `pure-rand`; this class adds the
 * distributions that training needs.
 *
 * ```ts
 * import { Random } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 * strictEqual(new Random(7).uniform(), new Random(7).uniform());
 * ```
 */
export class Random {
  #generator: ReturnType<typeof xoroshiro128plus>;
  #spareNormal: number | null = null;

  /**
   * A stream of random numbers.
   * @param seed Any finite number or text. Nearby seeds give unrelated streams.
   */
  constructor(seed: number | string) {
    this.#generator = xoroshiro128plus(hashSeed(String(seed)));
  }

  /**
   * A new stream named `label`, independent of how many numbers were drawn from others.
   * @throws {TypeError} When there is no seed.
   */
  static stream(seed: number | string, label: string): Random {
    if (seed === undefined || seed === null) {
      throw new TypeError(`There is no seed for "${label}"; give one, as in { seed: 7 }.`);
    }
    return new Random(`${seed}/${label}`);
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number in [0, limit), each equally likely. `limit` is at most 2^32. */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32) {
      throw new RangeError(`limit must be a whole number from 1 to 2^32, but is ${limit}.`);
    }
    return this.#below(limit);
  }

  #below(limit: number): number {
    let draw = this.#generator.next() >>> 0;
    // The last, incomplete run of `limit` draws is rejected; few come near it.
    if (draw > 2 ** 32 - limit) {
      const rejectFrom = 2 ** 32 - (2 ** 32 % limit);
      while (draw >= rejectFrom) draw = this.#generator.next() >>> 0;
    }
    return draw % limit;
  }

  /** A standard normal number (polar method of Marsaglia and Bray 1964). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const radius = x * x + y * y;
      if (radius >= 1 || radius === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }

  /** The numbers 0 to `length - 1` in random order (Fisher and Yates). */
  permutation(length: number): Int32Array {
    const order = new Int32Array(length);
    for (let index = 0; index < length; index++) order[index] = index;
    for (let last = length - 1; last > 0; last--) {
      const pick = this.#below(last + 1);
      const held = order[last];
      order[last] = order[pick];
      order[pick] = held;
    }
    return order;
  }

  /** Where the stream stands now. */
  state(): RandomState {
    return { generator: [...this.#generator.getState()], spareNormal: this.#spareNormal };
  }

  /** A stream that goes on from `state`. */
  static fromState(state: RandomState): Random {
    const random = new Random(0);
    random.#generator = xoroshiro128plusFromState(state.generator);
    random.#spareNormal = state.spareNormal;
    return random;
  }
}

/** 32-bit FNV-1a with a final mix (Murmur3), so that nearby seeds part ways. */
function hashSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
