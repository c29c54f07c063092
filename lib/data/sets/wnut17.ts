import { builtOnce } from "../_cached_parts.ts";
import { type DatasetParts, MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { parseBio, type TaggedSentence } from "../formats/bio.ts";
import { encodeTags, Vocabulary } from "../text/vocabulary.ts";
import type { Parts } from "./_parts.ts";

/** Options of {@linkcode wnut17}. */
export interface Wnut17Options extends DataOptions {
  /** Words that every text is padded or cut to. Default 40. */
  readonly length?: number;
  /** A vocabulary to use, for instance of another set to share. Default: that of the training part. */
  readonly vocabulary?: Vocabulary;
}

/** The targets of {@linkcode wnut17}. */
export type Wnut17Target = "entity" | "segment" | "shape";

const KINDS = ["corporation", "creative-work", "group", "location", "person", "product"];

/** Names of the classes of `entity`. */
export const wnutEntities: readonly string[] = [
  "O",
  ...KINDS.flatMap((kind) => [`B-${kind}`, `I-${kind}`]),
];

/** Names of the classes of `segment`. */
export const wnutSegments: readonly string[] = ["O", "B", "I"];

/** Names of the classes of `shape`. */
export const wnutShapes: readonly string[] = [
  "other",
  "capitalised",
  "mention",
  "hashtag",
  "address",
];

const FILES = {
  train: "wnut17/wnut17train.conll",
  validation: "wnut17/emerging.dev.conll",
  test: "wnut17/emerging.test.annotated",
};

/**
 * WNUT-17: emerging and rare entities in short texts of the web.
 *
 * Records: 3,394 + 1,009 + 1,287 texts in the official parts, 62,730 + 15,733 + 23,394 words; the
 * longest has 105. Input `words` `[length]`: indices of the vocabulary (0 behind the end of the
 * text, 1 for unknown words). Targets, all `[length]` with -1 behind the end: `entity` (13 BIO tags
 * of corporation, creative-work, group, location, person, product), `segment` (O, B, I; made here)
 * and `shape` (other, capitalised, mention, hashtag, web address; made here).
 *
 * Licence: CC BY 4.0. Cite: L. Derczynski, E. Nichols, M. van Erp, N. Limsopatham. Results of the
 * WNUT2017 Shared Task on Novel and Emerging Entity Recognition. W-NUT 2017.
 *
 * Known traps: the parts come from different places (training: Twitter of 2010; validation: YouTube;
 * test: Reddit, Stack Exchange and others), on purpose; most test entities were never seen. 95 % of
 * the words are O, so accuracy says nothing: use F1 of the spans.
 *
 * @param options `length`, `vocabulary`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function wnut17(
  options: Wnut17Options = {},
): Promise<Parts<"words", Wnut17Target> & { readonly vocabulary: Vocabulary }> {
  const { length = 40, vocabulary } = options;
  const key = {
    name: "wnut17",
    version: 1,
    settings: JSON.stringify([length, vocabulary && [vocabulary.ignoreCase, vocabulary.words]]),
    sources: Object.values(FILES),
  };
  const { parts, extra } = await builtOnce(key, options, async () => {
    const [train, validation, test] = await Promise.all(
      Object.values(FILES).map(async (file) => parseBio(await readDataFile(file, options), file)),
    );
    const known = vocabulary ?? Vocabulary.from(train.map(({ words }) => words));
    return {
      parts: {
        train: partOf("train", train, known, length),
        validation: partOf("validation", validation, known, length),
        test: partOf("test", test, known, length),
      },
      extra: known.words,
    };
  });
  return {
    train: MultiTaskDataset.from(parts.train),
    validation: MultiTaskDataset.from(parts.validation),
    test: MultiTaskDataset.from(parts.test),
    vocabulary: vocabulary ?? Vocabulary.of(extra),
  };
}

function partOf(
  part: keyof typeof FILES,
  texts: readonly TaggedSentence[],
  vocabulary: Vocabulary,
  length: number,
): DatasetParts<"words", Wnut17Target> {
  return {
    inputs: { words: vocabulary.encode(texts.map(({ words }) => words), length) },
    targets: {
      entity: encodeTags(texts.map(({ tags }) => tags), wnutEntities, length),
      segment: encodeTags(texts.map(({ tags }) => tags.map((tag) => tag[0])), wnutSegments, length),
      shape: encodeTags(texts.map(({ words }) => words.map(shapeOf)), wnutShapes, length),
    },
    name: `WNUT-17 ${part}`,
    description: "WNUT-17: emerging entities in texts of the web (Derczynski et al. 2017).",
  };
}

function shapeOf(word: string): string {
  if (/^(https?:\/\/|www\.)/i.test(word)) return "address";
  if (/^@\w/.test(word)) return "mention";
  if (/^#\w/.test(word)) return "hashtag";
  return /^\p{Lu}/u.test(word) ? "capitalised" : "other";
}
