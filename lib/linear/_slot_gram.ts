import { dot } from "./_matrix.ts";
import type { Block, Problem, QuadraticData } from "./_problem.ts";

/**
 * Inner products of features for coordinate descent, a block: of all features where that is worth its
 * price, else of those that come into play.
 */
export function slotGrams(
  { layout, blocks }: Problem,
  data: QuadraticData,
): { gram: SlotGram; whole: boolean }[] {
  const { features } = layout;
  return blocks.map((block, number) => {
    const whole = features <= 2 * block.rows || block.tasks.length * 20 >= features;
    return { whole, gram: new SlotGram(block, features, whole ? data.gram(number) : undefined) };
  });
}

/** Inner products of the features of a block that have come into play so far. */
export class SlotGram {
  readonly #block: Block;
  readonly #slots: Int32Array;
  readonly #members: number[] = [];
  #capacity = 64;
  #values: Float64Array = new Float64Array(64 * 64);

  /** @param full The Gram matrix of all features, when it is known already. */
  constructor(block: Block, features: number, full?: Float64Array) {
    this.#block = block;
    this.#slots = new Int32Array(features).fill(-1);
    if (full) {
      this.#slots = Int32Array.from({ length: features }, (_, j) => j);
      this.#capacity = features;
      this.#values = full;
    }
  }

  /** The Gram matrix of `working`, `[count, count]`, in that order. */
  among(working: ArrayLike<number>): Float64Array {
    for (let i = 0; i < working.length; i++) {
      if (this.#slots[working[i]] < 0) this.#add(working[i]);
    }
    const count = working.length;
    const gram = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      const from = this.#slots[working[i]] * this.#capacity;
      for (let j = 0; j < count; j++) {
        gram[i * count + j] = this.#values[from + this.#slots[working[j]]];
      }
    }
    return gram;
  }

  #add(feature: number): void {
    const slot = this.#members.length;
    if (slot === this.#capacity) this.#grow();
    const { flipped, rows } = this.#block;
    this.#members.push(feature);
    this.#slots[feature] = slot;
    for (let other = 0; other <= slot; other++) {
      const product = dot(flipped, flipped, rows, feature * rows, this.#members[other] * rows);
      this.#values[slot * this.#capacity + other] = product;
      this.#values[other * this.#capacity + slot] = product;
    }
  }

  #grow(): void {
    const old = this.#capacity;
    const values = new Float64Array(4 * old * old);
    for (let i = 0; i < old; i++) {
      values.set(this.#values.subarray(i * old, (i + 1) * old), i * 2 * old);
    }
    this.#values = values;
    this.#capacity = 2 * old;
  }
}
