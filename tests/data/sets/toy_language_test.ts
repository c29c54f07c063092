import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  bioSpans,
  type ColumnValues,
  NO_TAG,
  PADDING,
  toyLanguage,
  toyPartsOfSpeech,
  toyPhrases,
} from "../../../lib/data/mod.ts";

const { train, test, vocabulary } = toyLanguage({ train: 1000, validation: 10, test: 50, seed: 3 });
const LENGTH = 16;

/** The words, parts of speech and phrases of one sentence. */
function sentence(row: number) {
  const slice = (values: ColumnValues) =>
    Array.from(values.subarray(row * LENGTH, (row + 1) * LENGTH));
  const words = slice(train.inputs.words.values).filter((word) => word !== PADDING);
  const tags = (name: "partOfSpeech" | "phrase") =>
    slice(train.targets[name].values).filter((tag) => tag !== NO_TAG);
  return {
    words: words.map((word) => vocabulary.words[word]),
    parts: tags("partOfSpeech").map((tag) => toyPartsOfSpeech[tag]),
    phrases: tags("phrase").map((tag) => toyPhrases[tag]),
    plural: train.targets.plural.values[row] === 1,
    question: train.targets.question.values[row] === 1,
  };
}

Deno.test("every sentence obeys the grammar that is stated", () => {
  for (let row = 0; row < train.size; row++) {
    const { words, parts, phrases, plural, question } = sentence(row);
    ok(words.length >= 6 && words.length <= 15);
    deepStrictEqual([parts.length, phrases.length], [words.length, words.length]);
    strictEqual(words.at(-1), question ? "?" : ".");
    const verb = parts.indexOf("verb");
    strictEqual(verb === 0, question);
    strictEqual(words[verb].endsWith("s"), !plural);
    strictEqual(words[parts.indexOf("noun")].endsWith("s"), plural);
    for (const { kind, from, to } of bioSpans(phrases)) {
      if (kind === "noun") deepStrictEqual([parts[from], parts[to - 1]], ["article", "noun"]);
      else deepStrictEqual(parts.slice(from, to), ["verb"]);
    }
  }
});

Deno.test("some words are noun here and verb there", () => {
  const seen = new Map<string, Set<string>>();
  for (let row = 0; row < train.size; row++) {
    const { words, parts } = sentence(row);
    words.forEach((word, at) => seen.set(word, (seen.get(word) ?? new Set()).add(parts[at])));
  }
  ok([...seen.values()].filter((parts) => parts.has("noun") && parts.has("verb")).length > 20);
});

Deno.test("same seed, same sentences; parts differ", () => {
  const again = toyLanguage({ train: 1000, validation: 10, test: 50, seed: 3 });
  deepStrictEqual(again.test.inputs.words.values, test.inputs.words.values);
  strictEqual(test.origin, "generated");
  ok(test.inputs.words.values.some((word, at) => word !== train.inputs.words.values[at]));
});
