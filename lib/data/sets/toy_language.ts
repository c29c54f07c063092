import { Random } from "../../math/random.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { encodeTags, Vocabulary } from "../text/vocabulary.ts";
import { checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** Options of {@linkcode toyLanguage}. */
export interface ToyLanguageOptions extends PartSizes {
  /** Words that every sentence is padded or cut to; the longest has 15. Default 16. */
  readonly length?: number;
}

/** The targets of {@linkcode toyLanguage}. */
export type ToyLanguageTarget = "partOfSpeech" | "phrase" | "plural" | "question";

/** Names of the classes of `partOfSpeech`. */
export const toyPartsOfSpeech: readonly string[] = [
  "article",
  "adjective",
  "noun",
  "verb",
  "preposition",
  "sign",
];

/** Names of the classes of `phrase`. */
export const toyPhrases: readonly string[] = ["O", "B-noun", "I-noun", "B-verb"];

interface Word {
  readonly form: string;
  readonly partOfSpeech: string;
  readonly phrase: string;
}

interface Lexicon {
  readonly adjectives: readonly string[];
  readonly nouns: readonly string[];
  readonly verbs: readonly string[];
}

const SYLLABLES = ["ba", "do", "ke", "li", "mu", "na", "po", "ri", "su", "ta"];
const PREPOSITIONS = ["in", "on", "at"];
const MOST = 1_000_000;
const NOUNS = 60;
const VERBS = 40;
const ADJECTIVES = 30;
/** Stems that are a noun here and a verb there; only the place in the sentence tells. */
const SHARED = 20;

/**
 * A toy language with tags. Generated: no download; the same seed gives the same language and
 * sentences.
 *
 * A sentence is subject, verb, object and sometimes a place; a noun phrase is an article, up to two
 * adjectives and a noun. Nouns take "-s" in the plural, and the verb agrees with its subject ("-s" in
 * the singular). In a question the verb comes first and "?" last. Twenty stems are both nouns and
 * verbs, so tags need context.
 *
 * Records: `train` (default 2,000), `validation` (300), `test` (500) sentences of 6 to 15 words. Input
 * `words` `[length]`: indices of the vocabulary of the training part (0 behind the end). Targets:
 * `partOfSpeech` and `phrase` (BIO) `[length]`, -1 behind the end; `plural` (1: the subject is) and
 * `question` (0 or 1) of the sentence.
 *
 * Known trap: the sign at the end gives `question` away; a model must learn nothing else for it.
 */
export function toyLanguage(
  options: ToyLanguageOptions = {},
): Parts<"words", ToyLanguageTarget> & { readonly vocabulary: Vocabulary } {
  const { train = 2_000, validation = 300, test = 500, length = 16, seed = 0 } = options;
  const lexicon = makeLexicon(Random.stream(seed, "toy language, words"));
  const draw = (part: string, size: number) => {
    checkSize("Toy language", part, size, MOST);
    const random = Random.stream(seed, `toy language, ${part}`);
    return Array.from({ length: size }, () => makeSentence(lexicon, random));
  };
  const sentences = {
    train: draw("train", train),
    validation: draw("validation", validation),
    test: draw("test", test),
  };
  const formsOf = ({ words }: Sentence) => words.map(({ form }) => form);
  const vocabulary = Vocabulary.from(sentences.train.map(formsOf));
  const part = (name: keyof typeof sentences) => {
    const rows = sentences[name];
    const tags = (labels: readonly string[], tag: (word: Word) => string) =>
      encodeTags(rows.map(({ words }) => words.map(tag)), labels, length);
    return MultiTaskDataset.from({
      inputs: { words: vocabulary.encode(rows.map(formsOf), length) },
      targets: {
        partOfSpeech: tags(toyPartsOfSpeech, (word) => word.partOfSpeech),
        phrase: tags(toyPhrases, (word) => word.phrase),
        plural: { values: Float32Array.from(rows, (row) => Number(row.plural)), shape: [] },
        question: { values: Float32Array.from(rows, (row) => Number(row.question)), shape: [] },
      },
      name: `toy language ${name}`,
      description: "Generated: sentences of a toy language with parts of speech and phrases.",
      origin: "generated",
    });
  };
  return {
    train: part("train"),
    validation: part("validation"),
    test: part("test"),
    vocabulary,
  };
}

interface Sentence {
  readonly words: readonly Word[];
  readonly plural: boolean;
  readonly question: boolean;
}

function makeLexicon(random: Random): Lexicon {
  const stems = new Set<string>();
  while (stems.size < NOUNS + VERBS + ADJECTIVES) {
    const syllables = 2 + random.integer(2);
    stems.add(Array.from({ length: syllables }, () => pick(SYLLABLES, random)).join(""));
  }
  const all = [...stems];
  return {
    nouns: all.slice(0, NOUNS),
    verbs: all.slice(NOUNS - SHARED, NOUNS - SHARED + VERBS),
    adjectives: all.slice(NOUNS - SHARED + VERBS, NOUNS - SHARED + VERBS + ADJECTIVES),
  };
}

function makeSentence(lexicon: Lexicon, random: Random): Sentence {
  const plural = random.uniform() < 0.5;
  const question = random.uniform() < 0.3;
  const subject = nounPhrase(lexicon, plural, random);
  const object = nounPhrase(lexicon, random.uniform() < 0.5, random);
  const verb: Word = {
    form: pick(lexicon.verbs, random) + (plural ? "" : "s"),
    partOfSpeech: "verb",
    phrase: "B-verb",
  };
  const place = random.uniform() < 0.4
    ? [
      { form: pick(PREPOSITIONS, random), partOfSpeech: "preposition", phrase: "O" },
      ...nounPhrase(lexicon, random.uniform() < 0.5, random),
    ]
    : [];
  const sign: Word = { form: question ? "?" : ".", partOfSpeech: "sign", phrase: "O" };
  const start = question ? [verb, ...subject] : [...subject, verb];
  return { words: [...start, ...object, ...place, sign], plural, question };
}

function nounPhrase(lexicon: Lexicon, plural: boolean, random: Random): Word[] {
  const words = [{ form: pick(["a", "the"], random), partOfSpeech: "article" }];
  for (let more = random.integer(3); more > 0; more--) {
    words.push({ form: pick(lexicon.adjectives, random), partOfSpeech: "adjective" });
  }
  words.push({ form: pick(lexicon.nouns, random) + (plural ? "s" : ""), partOfSpeech: "noun" });
  return words.map((word, at) => ({ ...word, phrase: at === 0 ? "B-noun" : "I-noun" }));
}

function pick(from: readonly string[], random: Random): string {
  return from[random.integer(from.length)];
}
