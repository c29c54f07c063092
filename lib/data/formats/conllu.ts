import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";

/** One word of a sentence. */
export interface ConlluWord {
  /** The word as it is in the text. */
  readonly form: string;
  /** Its dictionary form. */
  readonly lemma: string;
  /** Universal part of speech, `"NOUN"`. */
  readonly partOfSpeech: string;
  /** Part of speech of the language's own tag set, `"NNS"`. */
  readonly ownPartOfSpeech: string;
  /** Morphological features by name: `{ Number: "Plur" }`. */
  readonly features: Readonly<Record<string, string>>;
  /** Number of the word that this one depends on, from 1; 0 for the root. */
  readonly head: number;
  /** How it depends on it, `"nsubj"`. */
  readonly relation: string;
}

/** A sentence with its comments, by what stands before " = ". */
export interface ConlluSentence {
  /** What stands behind " = ", by what stands before it. */
  readonly comments: Readonly<Record<string, string>>;
  /** The words, in order. */
  readonly words: readonly ConlluWord[];
}

const FIELDS = 10;

/**
 * Reads a CoNLL-U file: sentences of words with ten tab-separated fields. Lines of multiword tokens
 * ("1-2") and empty nodes ("8.1") are passed over.
 *
 * Source: https://universaldependencies.org/format.html
 *
 * @param file Name for messages.
 * @throws {DataFormatError} When a line breaks these rules; names it.
 */
export function parseConllu(bytes: Uint8Array, file = "CoNLL-U file"): ConlluSentence[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const sentences: ConlluSentence[] = [];
  let comments: Record<string, string> = Object.create(null);
  let words: ConlluWord[] = [];
  const finish = (line: number) => {
    if (words.length === 0) return;
    const wrong = words.findIndex(({ head }) => head > words.length);
    if (wrong >= 0) {
      const problem = `word ${wrong + 1} of the sentence that ends here depends on word ` +
        `${words[wrong].head}, but there are ${words.length}.`;
      throw new DataFormatError(file, line, problem, "line");
    }
    sentences.push({ comments, words });
    comments = Object.create(null);
    words = [];
  };
  lines.forEach((line, at) => {
    if (line.trim() === "") return finish(at + 1);
    if (line.startsWith("#")) {
      const [name, ...value] = line.slice(1).split(" = ");
      comments[name.trim()] = value.join(" = ");
      return;
    }
    const word = parseWord(line, words.length + 1, file, at + 1);
    if (word) words.push(word);
  });
  finish(lines.length);
  return sentences;
}

function parseWord(
  line: string,
  number: number,
  file: string,
  at: number,
): ConlluWord | undefined {
  const fields = line.split("\t");
  const fail = (problem: string): never => {
    throw new DataFormatError(file, at, problem, "line");
  };
  if (fields.length !== FIELDS) fail(`expected ${FIELDS} fields, found ${fields.length}.`);
  const [id, form, lemma, partOfSpeech, ownPartOfSpeech, features, head, relation] = fields;
  if (/^[0-9]+[-.][0-9]+$/.test(id)) return undefined;
  if (id !== String(number)) {
    fail(`expected word number ${number}, found "${printable(id)}".`);
  }
  if (!/^[0-9]{1,4}$/.test(head)) {
    fail(`expected the number of a head, found "${printable(head)}".`);
  }
  return {
    form,
    lemma,
    partOfSpeech,
    ownPartOfSpeech,
    features: parseFeatures(features),
    head: Number(head),
    relation,
  };
}

function parseFeatures(text: string): Record<string, string> {
  if (text === "_") return {};
  return Object.fromEntries(
    text.split("|").map((feature) => {
      const [name, ...value] = feature.split("=");
      return [name, value.join("=")];
    }),
  );
}
