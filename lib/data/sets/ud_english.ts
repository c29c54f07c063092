import type { Column } from "../column.ts";
import { builtOnce, type BuiltParts } from "../_cached_parts.ts";
import { type DatasetParts, MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { type ConlluSentence, type ConlluWord, parseConllu } from "../formats/conllu.ts";
import { encodeTags, NO_TAG, sequences, Vocabulary } from "../text/vocabulary.ts";
import type { Parts } from "./_parts.ts";

/** Options of {@linkcode udEnglish}. */
export interface UdEnglishOptions<Feature extends string = never> extends DataOptions {
  /** Words that every sentence is padded or cut to. Default 40. */
  readonly length?: number;
  /** Most words of the vocabulary. Default 10,000. */
  readonly vocabulary?: number;
  /** Morphological features that become a tagging target each, such as `"Number"`, `"Tense"`. */
  readonly features?: readonly Feature[];
}

/** The targets of {@linkcode udEnglish}, besides the features asked for. */
export type UdEnglishTarget = "partOfSpeech" | "relation" | "head" | "genre";

/** Names of the classes of `partOfSpeech`. */
export const universalPartsOfSpeech: readonly string[] = [
  "ADJ",
  "ADP",
  "ADV",
  "AUX",
  "CCONJ",
  "DET",
  "INTJ",
  "NOUN",
  "NUM",
  "PART",
  "PRON",
  "PROPN",
  "PUNCT",
  "SCONJ",
  "SYM",
  "VERB",
  "X",
];

/** Names of the classes of `genre`. */
export const udEnglishGenres: readonly string[] = [
  "answers",
  "email",
  "newsgroup",
  "reviews",
  "weblog",
];

const PARTS = { train: "train", validation: "dev", test: "test" } as const;
const fileOf = (part: string) => `ud-english-ewt/en_ewt-ud-${part}.conllu`;

/** The sentences of a part of UD English EWT as they are in the file; see {@linkcode udEnglish}. */
export async function udEnglishSentences(
  part: keyof typeof PARTS,
  options: DataOptions = {},
): Promise<ConlluSentence[]> {
  const file = fileOf(PARTS[part]);
  return parseConllu(await readDataFile(file, options), file);
}

/**
 * Universal Dependencies English Web Treebank (UD 2.16): sentences from the web with their grammar.
 *
 * Records: 12,544 + 2,001 + 2,077 sentences in the official parts, 204,577 + 25,147 + 25,094 words;
 * the longest has 159. Input `words` `[length]`: indices of the vocabulary of the training part (0
 * behind the end of the sentence, 1 for unknown words; upper and lower case are the same). Targets:
 * `partOfSpeech` `[length]` (17 classes), `relation` `[length]` (kind of dependency, the classes of
 * all three parts), `head` `[length]` (number of the word that a word depends on, from 1, 0 for the
 * root), one `[length]` target for each of `features` (class 0: the word has none), all with -1
 * behind the end of the sentence; and `genre` of the sentence (5 classes).
 *
 * Licence: CC BY-SA 4.0. Cite: N. Silveira et al. A Gold Standard Dependency Corpus for English.
 * LREC 2014; Universal Dependencies 2.16.
 *
 * Known traps: contractions are separate words here ("do", "n't"); long sentences are cut, and a
 * head beyond the cut counts as -1; sentences of one document are in one part, but follow each
 * other.
 *
 * @param options `length`, `vocabulary`, `features`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function udEnglish<const Feature extends string = never>(
  options: UdEnglishOptions<Feature> = {},
): Promise<Parts<"words", UdEnglishTarget | Feature> & { readonly vocabulary: Vocabulary }> {
  const { length = 40, vocabulary: size = 10_000, features = [] } = options;
  const sources = Object.values(PARTS).map(fileOf);
  const settings = `${length}, ${size}, ${features.join()}`;
  const { parts, extra } = await builtOnce(
    { name: "ud-english-ewt", version: 1, settings, sources },
    options,
    async () => {
      const [train, validation, test] = await Promise.all(
        (["train", "validation", "test"] as const).map((part) => udEnglishSentences(part, options)),
      );
      return build({ train, validation, test }, length, size, features);
    },
  );
  return {
    train: MultiTaskDataset.from(parts.train),
    validation: MultiTaskDataset.from(parts.validation),
    test: MultiTaskDataset.from(parts.test),
    vocabulary: Vocabulary.of(extra),
  };
}

type Sentences = Readonly<Record<keyof typeof PARTS, readonly ConlluSentence[]>>;

function build<Feature extends string>(
  sentences: Sentences,
  length: number,
  size: number,
  features: readonly Feature[],
): BuiltParts<keyof typeof PARTS, "words", UdEnglishTarget | Feature, readonly string[]> {
  const everything = Object.values(sentences).flat();
  const vocabulary = Vocabulary.from(sentences.train.map(formsOf), { size });
  const relations = labelsOf(everything, ({ relation }) => relation);
  const valuesOf = new Map(features.map((feature) => [
    feature,
    ["none", ...labelsOf(everything, (word) => word.features[feature])],
  ]));
  const part = (name: keyof typeof PARTS): DatasetParts<"words", UdEnglishTarget | Feature> => {
    const rows = sentences[name];
    const tags = (labels: readonly string[], tag: (word: ConlluWord) => string) =>
      encodeTags(rows.map(({ words }) => words.map(tag)), labels, length);
    const headOf = ({ head }: ConlluWord) => head > length ? NO_TAG : head;
    const targets: Record<string, Column> = {
      partOfSpeech: tags(universalPartsOfSpeech, (word) => word.partOfSpeech),
      relation: tags(relations, (word) => word.relation),
      head: sequences(rows.map(({ words }) => words), length, NO_TAG, headOf),
      genre: { ...encodeTags(rows.map((row) => [genreOf(row)]), udEnglishGenres, 1), shape: [] },
    };
    for (const [feature, labels] of valuesOf) {
      targets[feature] = tags(labels, (word) => word.features[feature] ?? "none");
    }
    return {
      inputs: { words: vocabulary.encode(rows.map(formsOf), length) },
      targets: targets as Record<UdEnglishTarget | Feature, Column>,
      name: `UD English EWT ${name}`,
      description: "Universal Dependencies English Web Treebank 2.16 (Silveira et al. 2014).",
    };
  };
  return {
    parts: { train: part("train"), validation: part("validation"), test: part("test") },
    extra: vocabulary.words,
  };
}

function formsOf({ words }: ConlluSentence): string[] {
  return words.map(({ form }) => form);
}

function labelsOf(
  sentences: readonly ConlluSentence[],
  label: (word: ConlluWord) => string | undefined,
): string[] {
  const found = new Set(sentences.flatMap(({ words }) => words.map(label)));
  return [...found].filter((each) => each !== undefined).sort();
}

/** The genre is the first word of the sentence's name: "weblog-blogspot.com_...". */
function genreOf({ comments }: ConlluSentence): string {
  return comments.sent_id?.split("-")[0] ?? "";
}
