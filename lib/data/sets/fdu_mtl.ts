import { builtOnce } from "../_cached_parts.ts";
import { type DatasetParts, MultiTaskDataset } from "../dataset.ts";
import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { Vocabulary } from "../text/vocabulary.ts";

/** Options of {@linkcode fduMtl}. */
export interface FduMtlOptions extends DataOptions {
  /** Words that every review is padded or cut to. Default 200. */
  readonly length?: number;
  /** Most words of the vocabulary. Default 20,000. */
  readonly vocabulary?: number;
  /** Only these domains. Default: all of {@linkcode fduDomains}. */
  readonly domains?: readonly string[];
}

/** The targets of {@linkcode fduMtl}. */
export type FduMtlTarget = "sentiment" | "domain";

/** Names of the classes of `domain`. */
export const fduDomains: readonly string[] = [
  "apparel",
  "baby",
  "books",
  "camera_photo",
  "dvd",
  "electronics",
  "health_personal_care",
  "imdb",
  "kitchen_housewares",
  "magazines",
  "MR",
  "music",
  "software",
  "sports_outdoors",
  "toys_games",
  "video",
];

const PARTS = ["train", "test"];

/** What {@linkcode fduMtl} gives. */
export interface FduMtl {
  /** The training reviews of all domains. */
  readonly train: MultiTaskDataset<"words", FduMtlTarget>;
  /** The test reviews of all domains. */
  readonly test: MultiTaskDataset<"words", FduMtlTarget>;
  /** Words and their indices. */
  readonly vocabulary: Vocabulary;
}

interface Review {
  readonly words: readonly string[];
  readonly positive: number;
  readonly domain: string;
}

/**
 * FDU-MTL: reviews from sixteen domains, the labelled part.
 *
 * Records: 25,380 training reviews (1,500 to 1,600 a domain) and 6,400 test reviews (400 a domain);
 * fourteen kinds of goods (Amazon), films (`imdb`, whole reviews) and films (`MR`, single
 * sentences). Input `words` `[length]`: indices of the vocabulary of the training part (0 behind the
 * end, 1 for unknown words). Targets: `sentiment` (1: positive) and `domain` (16 classes). Group:
 * `domain`; `tasksByGroup(train, "sentiment", "domain")` makes a task of every domain.
 *
 * Licence: none stated; for research only, so it is not shipped. Cite: P. Liu, X. Qiu, X. Huang.
 * Adversarial Multi-task Learning for Text Classification. ACL 2017; reviews by Blitzer et al.
 * 2007, Maas et al. 2011, Pang and Lee 2005.
 *
 * Known traps: the authors hold out 200 of the training reviews of each domain for validation, at
 * random: `train.split({ train: 0.875, validation: 0.125 }, { seed })` does the like. Reviews are in
 * the order of their label or not, by domain: shuffle. The text is tokenised and in lower case.
 *
 * @param options `length`, `vocabulary`, `domains`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function fduMtl(options: FduMtlOptions = {}): Promise<FduMtl> {
  const { length = 200, vocabulary: size = 20_000, domains = fduDomains } = options;
  const unknown = domains.find((domain) => !fduDomains.includes(domain));
  if (unknown !== undefined || domains.length === 0) {
    throw new RangeError(
      `FDU-MTL has no domain "${unknown ?? ""}"; it has ${fduDomains.join(", ")}.`,
    );
  }
  const sources = PARTS.flatMap((part) => domains.map((domain) => keyOf(domain, part)));
  const key = { name: "fdu-mtl", version: 1, settings: `${length}, ${size}`, sources };
  const { parts, extra } = await builtOnce(key, options, async () => {
    const [train, test] = await Promise.all(PARTS.map(async (part) => {
      const reviews = domains.map(async (domain) => {
        const file = keyOf(domain, part);
        return parseReviews(await readDataFile(file, options), domain, file);
      });
      return (await Promise.all(reviews)).flat();
    }));
    const vocabulary = Vocabulary.from(train.map(({ words }) => words), { size });
    const columns = (part: string, reviews: readonly Review[]) =>
      partOf(part, reviews, vocabulary, length);
    return {
      parts: { train: columns("train", train), test: columns("test", test) },
      extra: vocabulary.words,
    };
  });
  return {
    train: MultiTaskDataset.from(parts.train),
    test: MultiTaskDataset.from(parts.test),
    vocabulary: Vocabulary.of(extra),
  };
}

function keyOf(domain: string, part: string): string {
  return `fdu-mtl/${domain}.task.${part}`;
}

function partOf(
  part: string,
  reviews: readonly Review[],
  vocabulary: Vocabulary,
  length: number,
): DatasetParts<"words", FduMtlTarget> {
  return {
    inputs: { words: vocabulary.encode(reviews.map(({ words }) => words), length) },
    targets: {
      sentiment: { values: Float32Array.from(reviews, ({ positive }) => positive), shape: [] },
      domain: {
        values: Int32Array.from(reviews, ({ domain }) => fduDomains.indexOf(domain)),
        shape: [],
        labels: fduDomains,
      },
    },
    groups: { domain: reviews.map(({ domain }) => domain) },
    name: `FDU-MTL ${part}`,
    description: "FDU-MTL: reviews from sixteen domains (Liu, Qiu and Huang 2017).",
  };
}

/** Lines of "0 or 1, tab, text"; some files are not UTF-8 but Windows-1252. */
function parseReviews(bytes: Uint8Array, domain: string, file: string): Review[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("windows-1252").decode(bytes);
  }
  const reviews: Review[] = [];
  text.split("\n").forEach((line, at) => {
    if (line.trim() === "") return;
    const parts = /^([01])\t(.*)$/s.exec(line);
    if (!parts) {
      throw new DataFormatError(
        file,
        at + 1,
        `expected "0 or 1, tab, text", found "${printable(line)}".`,
        "line",
      );
    }
    const words = parts[2].split(/\s+/).filter((word) => word !== "");
    reviews.push({ words, positive: Number(parts[1]), domain });
  });
  return reviews;
}
