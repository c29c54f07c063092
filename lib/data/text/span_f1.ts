import { bioSpans } from "../formats/bio.ts";
import { NO_TAG } from "./vocabulary.ts";

/** How well spans were found. All from 0 to 1; `NaN` where there is nothing to divide by. */
export interface SpanScore {
  /** Share of the found spans that are right. */
  readonly precision: number;
  /** Share of the true spans that were found. */
  readonly recall: number;
  /** Harmonic mean of both; `NaN` only where there are no spans at all. */
  readonly f1: number;
}

/** {@linkcode SpanScore} over all spans, and for each kind by itself. */
export interface SpanScores extends SpanScore {
  /** The same for each kind of span. */
  readonly kinds: Readonly<Record<string, SpanScore>>;
}

/**
 * Precision, recall and F1 of spans in BIO tags, counted over all texts together: a span is right
 * when kind, beginning and end are. Source: E. F. Tjong Kim Sang, F. De Meulder, CoNLL-2003 shared
 * task. Spans are read as by {@linkcode bioSpans}.
 *
 * ```ts
 * import { data } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const truth = [["B-person", "I-person", "O"], ["O", "B-place"]];
 * const found = [["B-person", "I-person", "O"], ["B-place", "I-place"]];
 * strictEqual(data.spanF1(found, truth).f1, 0.5);
 * strictEqual(data.spanF1(found, truth).kinds.person.f1, 1);
 * ```
 *
 * @throws {RangeError} When there are not as many texts or tags on both sides; says where.
 */
export function spanF1(
  found: readonly (readonly string[])[],
  truth: readonly (readonly string[])[],
): SpanScores {
  if (found.length !== truth.length) {
    throw new RangeError(`There are tags for ${found.length} texts, but ${truth.length} texts.`);
  }
  const all = new Counts();
  const kinds = new Map<string, Counts>();
  const countsOf = (kind: string) => {
    const counts = kinds.get(kind) ?? new Counts();
    kinds.set(kind, counts);
    return counts;
  };
  truth.forEach((tags, text) => {
    if (found[text].length !== tags.length) {
      throw new RangeError(
        `Text ${text} has ${tags.length} words, but ${found[text].length} tags were found.`,
      );
    }
    const wanted = new Set<string>();
    for (const { kind, from, to } of bioSpans(tags)) {
      wanted.add(`${from} ${to} ${kind}`);
      for (const counts of [all, countsOf(kind)]) counts.truth++;
    }
    for (const { kind, from, to } of bioSpans(found[text])) {
      const isRight = wanted.has(`${from} ${to} ${kind}`);
      for (const counts of [all, countsOf(kind)]) {
        counts.found++;
        if (isRight) counts.right++;
      }
    }
  });
  const scores = [...kinds].sort(([one], [other]) => one < other ? -1 : 1)
    .map(([kind, counts]) => [kind, counts.score()]);
  return { ...all.score(), kinds: Object.fromEntries(scores) };
}

class Counts {
  found = 0;
  truth = 0;
  right = 0;

  score(): SpanScore {
    return {
      precision: this.right / this.found,
      recall: this.right / this.truth,
      f1: 2 * this.right / (this.found + this.truth),
    };
  }
}

/**
 * Positions where BIO tags break their own rule: an I that does not follow a B or I of its kind.
 * A model may well predict such tags; {@linkcode bioSpans} begins a span there.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * deepStrictEqual(data.bioFaults(["B-place", "I-person", "O", "I-place"]), [1, 3]);
 * ```
 */
export function bioFaults(tags: readonly string[]): number[] {
  const faults: number[] = [];
  tags.forEach((tag, at) => {
    if (!tag.startsWith("I-")) return;
    const before = at > 0 ? tags[at - 1] : "O";
    if (before === "O" || before.slice(2) !== tag.slice(2)) faults.push(at);
  });
  return faults;
}

/**
 * Tags by index, as a column holds them or a model predicts them, as texts of tags; the inverse of
 * {@linkcode encodeTags}. A text ends at its first {@linkcode NO_TAG}.
 *
 * A model predicts tags behind the end of a text as well; give the `truth`, which says where it ends:
 *
 * ```ts
 * import { data } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const labels = ["O", "B-place"];
 * const truth = data.encodeTags([["O", "B-place"], ["O"]], labels, 3).values;
 * const predicted = [0, 1, 1, 0, 0, 1]; // the best class of each of 2 texts of 3 words
 * const found = data.decodeTags(predicted, labels, 3, truth);
 * strictEqual(data.spanF1(found, data.decodeTags(truth, labels, 3)).f1, 1);
 * ```
 *
 * @param values `[texts, length]`, row-major.
 * @param truth Tags of the same texts by index; each text ends where it does here. Default: `values`.
 * @throws {RangeError} When an index has no label, the values do not divide into texts, or the truth
 * has another number of tags.
 */
export function decodeTags(
  values: ArrayLike<number>,
  labels: readonly string[],
  length: number,
  truth: ArrayLike<number> = values,
): string[][] {
  if (!Number.isInteger(length) || length < 1 || values.length % length !== 0) {
    throw new RangeError(`${values.length} tags do not divide into texts of ${length}.`);
  }
  if (truth.length !== values.length) {
    throw new RangeError(`There are ${values.length} tags, but ${truth.length} of the truth.`);
  }
  return Array.from({ length: values.length / length }, (_, text) => {
    const tags: string[] = [];
    for (let at = text * length; at < (text + 1) * length && truth[at] !== NO_TAG; at++) {
      const label = labels[values[at]];
      if (label === undefined) {
        throw new RangeError(`${values[at]} is not the index of one of ${labels.length} tags.`);
      }
      tags.push(label);
    }
    return tags;
  });
}
