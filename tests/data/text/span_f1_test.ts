import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { bioFaults, bioSpans, decodeTags, encodeTags, spanF1 } from "../../../lib/data/mod.ts";

const split = (...texts: string[]) => texts.map((text) => text.split(" "));

Deno.test("span F1: worked by hand, over all and by kind", () => {
  // True: MISC 3-6, PER 0-2, LOC 2-3, LOC 0-1. Found: MISC 2-6, PER 0-2, LOC 2-3, PER 0-1, LOC 1-2.
  const truth = split("O O O B-MISC I-MISC I-MISC O", "B-PER I-PER B-LOC", "B-LOC O");
  const found = split("O O B-MISC I-MISC I-MISC I-MISC O", "B-PER I-PER B-LOC", "B-PER I-LOC");
  const { precision, recall, f1, kinds } = spanF1(found, truth);
  deepStrictEqual([precision, recall, f1], [2 / 5, 2 / 4, 4 / 9]);
  deepStrictEqual(kinds, {
    LOC: { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2 },
    MISC: { precision: 0, recall: 0, f1: 0 },
    PER: { precision: 1 / 2, recall: 1, f1: 2 / 3 },
  });
});

Deno.test("span F1: right and wrong texts, none found, none there", () => {
  const truth = split("B-a I-a O", "O B-b I-b");
  strictEqual(spanF1(truth, truth).f1, 1);
  const none = split("O O O", "O O O");
  deepStrictEqual(spanF1(none, truth), {
    precision: NaN,
    recall: 0,
    f1: 0,
    kinds: { a: { precision: NaN, recall: 0, f1: 0 }, b: { precision: NaN, recall: 0, f1: 0 } },
  });
  deepStrictEqual(spanF1(none, none), { precision: NaN, recall: NaN, f1: NaN, kinds: {} });
  throws(() => spanF1(none, truth.slice(1)), /tags for 2 texts, but 1 texts/);
  throws(() => spanF1(split("O", "O O O"), truth), /Text 0 has 3 words, but 1 tags were found/);
});

const tag = fc.constantFrom("O", "B-a", "I-a", "B-b", "I-b");
const tags = fc.array(tag, { minLength: 1, maxLength: 8 });

Deno.test("span F1 is the harmonic mean, and changing sides swaps precision and recall", () => {
  const pair = fc.array(tag.chain((one) => tag.map((other) => [one, other])), { minLength: 1 });
  fc.assert(fc.property(fc.array(pair, { maxLength: 4 }), (pairs) => {
    const [found, truth] = [0, 1].map((side) =>
      pairs.map((text) => text.map((both) => both[side]))
    );
    const score = spanF1(found, truth);
    const swapped = spanF1(truth, found);
    deepStrictEqual([swapped.precision, swapped.recall], [score.recall, score.precision]);
    const { precision, recall, f1 } = score;
    if (precision > 0) ok(Math.abs(f1 - 2 * precision * recall / (precision + recall)) < 1e-12);
  }));
});

Deno.test("faults of BIO: exactly where a span begins without a B", () => {
  deepStrictEqual(bioFaults(["I-a", "B-a", "I-a", "I-b", "O", "I-b", "I-b"]), [0, 3, 5]);
  fc.assert(fc.property(tags, (text) => {
    const begins = bioSpans(text).map(({ from }) => from).filter((at) => text[at][0] === "I");
    deepStrictEqual(bioFaults(text), begins);
  }));
});

Deno.test("tags come back from their indices, up to the length that was kept", () => {
  const labels = ["O", "B-a", "I-a", "B-b", "I-b"];
  fc.assert(
    fc.property(
      fc.array(tags, { maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      (texts, length) => {
        const { values } = encodeTags(texts, labels, length);
        deepStrictEqual(
          decodeTags(values, labels, length),
          texts.map((text) => text.slice(0, length)),
        );
      },
    ),
  );
  throws(() => decodeTags([0, 7], labels, 2), /7 is not the index of one of 5 tags/);
  throws(() => decodeTags([0, 1, 2], labels, 2), /3 tags do not divide into texts of 2/);
});

Deno.test("predictions end where their texts do, so that spans can be counted", () => {
  const labels = ["O", "B-a", "I-a"];
  const texts = split("B-a I-a O", "O", "B-a I-a I-a O B-a");
  const { values: truth } = encodeTags(texts, labels, 4);
  // Right where there are words, and a tag behind their end.
  const predicted = Int32Array.from(truth, (tag) => tag < 0 ? 1 : tag);
  const found = decodeTags(predicted, labels, 4, truth);
  deepStrictEqual(found, texts.map((text) => text.slice(0, 4)));
  const known = decodeTags(truth, labels, 4);
  strictEqual(spanF1(found, known).f1, 1);
  throws(() => spanF1(decodeTags(predicted, labels, 4), known), /Text 0 has 3 words, but 4 tags/);
  throws(() => decodeTags(predicted, labels, 4, [0]), /There are 12 tags, but 1 of the truth/);
});
