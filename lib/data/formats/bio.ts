import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";

/** Words and the tag of each. */
export interface TaggedSentence {
  /** The words, in order. */
  readonly words: readonly string[];
  /** One tag for each word: `"O"`, `"B-kind"` or `"I-kind"`. */
  readonly tags: readonly string[];
}

/** A stretch of words with one meaning: words `from` up to, but without, `to`. */
export interface Span {
  /** What the tags call it: `"person"`. */
  readonly kind: string;
  /** Its first word, from 0. */
  readonly from: number;
  /** The word behind its last one. */
  readonly to: number;
}

/**
 * Reads lines of "word, tab, tag" with empty lines (or lines of white space) between sentences, as
 * in the CoNLL shared tasks; tags are "O", "B-kind" or "I-kind".
 *
 * @param file Name for messages.
 * @throws {DataFormatError} When a line is not that; names it.
 */
export function parseBio(bytes: Uint8Array, file = "BIO file"): TaggedSentence[] {
  const sentences: TaggedSentence[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  const finish = () => {
    if (words.length > 0) sentences.push({ words, tags });
    words = [];
    tags = [];
  };
  new TextDecoder().decode(bytes).split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === "") return finish();
    const fields = line.split("\t");
    const [word, tag] = fields;
    if (fields.length !== 2 || word === "" || !/^(O|[BI]-\S+)$/.test(tag)) {
      throw new DataFormatError(
        file,
        at + 1,
        `expected "word, tab, O, B-kind or I-kind", found "${printable(line)}".`,
        "line",
      );
    }
    words.push(word);
    tags.push(tag);
  });
  finish();
  return sentences;
}

/**
 * The spans that BIO tags mark. An I without its B before it begins a span, as in the CoNLL
 * evaluation script.
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * deepStrictEqual(data.bioSpans(["O", "B-person", "I-person"]), [{ kind: "person", from: 1, to: 3 }]);
 * ```
 */
export function bioSpans(tags: readonly string[]): Span[] {
  const spans: Span[] = [];
  let open: { kind: string; from: number } | undefined;
  const close = (to: number) => {
    if (open) spans.push({ ...open, to });
    open = undefined;
  };
  tags.forEach((tag, at) => {
    const [prefix, kind] = [tag[0], tag.slice(2)];
    if (prefix === "I" && open?.kind === kind) return;
    close(at);
    if (prefix === "B" || prefix === "I") open = { kind, from: at };
  });
  close(tags.length);
  return spans;
}
