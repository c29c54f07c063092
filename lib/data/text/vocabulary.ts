import type { Column } from "../column.ts";

/** Index of padding in encoded texts. */
export const PADDING = 0;
/** Index of every word that the vocabulary does not hold. */
export const UNKNOWN = 1;
/** Tag of padding in encoded tags: no word, no label. */
export const NO_TAG = -1;

/** How a {@linkcode Vocabulary} is made. */
export interface VocabularyOptions {
  /** Most words, padding and unknown included. Default 20,000. */
  readonly size?: number;
  /** How often a word must occur. Default 1. */
  readonly atLeast?: number;
  /** Whether upper and lower case are the same. Default `true`. */
  readonly ignoreCase?: boolean;
}

/**
 * Words and their indices: 0 is padding, 1 stands for every unknown word, then come the words of
 * the training texts, the most frequent first, equally frequent ones in the order of their letters.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const vocabulary = data.Vocabulary.from([["the", "cat"], ["The", "dog"]]);
 * deepStrictEqual([...vocabulary.encode([["the", "bird"]], 3).values], [2, 1, 0]);
 * ```
 */
export class Vocabulary {
  readonly #indices: ReadonlyMap<string, number>;

  private constructor(
    /** All words by index; the first two are `"<padding>"` and `"<unknown>"`. */
    readonly words: readonly string[],
    readonly ignoreCase: boolean,
  ) {
    this.#indices = new Map(words.map((word, index) => [word, index]));
  }

  /** The vocabulary of some texts; give the training part only. */
  static from(texts: Iterable<readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    const { size = 20_000, atLeast = 1, ignoreCase = true } = options;
    if (!Number.isInteger(size) || size < 2) {
      throw new RangeError(`size must be a whole number from 2, but is ${size}.`);
    }
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const word of text) {
        const key = ignoreCase ? word.toLowerCase() : word;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const words = [...counts]
      .filter(([, count]) => count >= atLeast)
      .sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1))
      .slice(0, size - 2)
      .map(([word]) => word);
    return new Vocabulary(["<padding>", "<unknown>", ...words], ignoreCase);
  }

  /** The vocabulary of these words by index, as {@linkcode words} of another one has them. */
  static of(words: readonly string[], options: { readonly ignoreCase?: boolean } = {}): Vocabulary {
    return new Vocabulary(words, options.ignoreCase ?? true);
  }

  /** Number of words, padding and unknown included. */
  get size(): number {
    return this.words.length;
  }

  /** Index of a word; {@linkcode UNKNOWN} for one that is not here. */
  index(word: string): number {
    return this.#indices.get(this.ignoreCase ? word.toLowerCase() : word) ?? UNKNOWN;
  }

  /** Texts as an input column `[length]` of indices; longer ones are cut, shorter ones padded. */
  encode(texts: readonly (readonly string[])[], length: number): Column {
    return sequences(texts, length, PADDING, (word) => this.index(word));
  }
}

/**
 * Tags as a target column `[length]`: index into `labels`; {@linkcode NO_TAG} behind the end of a
 * text.
 * @throws {RangeError} When a tag is not among the labels.
 */
export function encodeTags(
  texts: readonly (readonly string[])[],
  labels: readonly string[],
  length: number,
): Column {
  const indices = new Map(labels.map((label, index) => [label, index]));
  const column = sequences(texts, length, NO_TAG, (tag) => {
    const index = indices.get(tag);
    if (index === undefined) {
      throw new RangeError(`The tag "${tag}" is not one of ${labels.join(", ")}.`);
    }
    return index;
  });
  return { ...column, labels };
}

/** Rows of `length` numbers, one for each item; `filler` behind the end of a row. */
export function sequences<Item>(
  rows: readonly (readonly Item[])[],
  length: number,
  filler: number,
  encode: (item: Item) => number,
): Column {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`length must be a whole number from 1, but is ${length}.`);
  }
  const values = new Int32Array(rows.length * length).fill(filler);
  rows.forEach((row, at) => {
    for (let place = 0; place < Math.min(length, row.length); place++) {
      values[at * length + place] = encode(row[place]);
    }
  });
  return { values, shape: [length] };
}

/**
 * Splits plain text into words, numbers and single signs; an apostrophe inside a word stays.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * deepStrictEqual(data.tokenize("Don't play R2-D2, please!"), ["Don't", "play", "R2", "-", "D2", ",", "please", "!"]);
 * ```
 */
export function tokenize(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];
}
