import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  bioSpans,
  encodeTags,
  MultiTaskDataset,
  parseBio,
  parseConllu,
  tasksByGroup,
  tokenize,
  Vocabulary,
} from "../../../lib/data/mod.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const grammar = `# sent_id = one
# text = I don't
1\tI\tI\tPRON\tPRP\tCase=Nom|Number=Sing\t2\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
3.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_

1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
`;

Deno.test("CoNLL-U: comments, words, features; multiword and empty nodes are passed over", () => {
  const [first, second] = parseConllu(bytes(grammar));
  strictEqual(first.comments.sent_id, "one");
  deepStrictEqual(first.words.map(({ form, head }) => [form, head]), [["I", 2], ["do", 0], [
    "n't",
    2,
  ]]);
  deepStrictEqual(first.words[0].features, { Case: "Nom", Number: "Sing" });
  deepStrictEqual(second.words.map(({ relation }) => relation), ["root"]);
});

Deno.test("CoNLL-U: what is wrong is named with file and line", () => {
  const explain = (text: string, message: RegExp) =>
    throws(() => parseConllu(bytes(text), "a.conllu"), message);
  explain("1\tI\n", /a\.conllu, line 1: expected 10 fields, found 2/);
  explain(grammar.replace("\n2\tdo", "\n4\tdo"), /line 5: expected word number 2, found "4"/);
  explain(
    grammar.replace("\t0\troot", "\tx\troot"),
    /line 5: expected the number of a head, found "x"/,
  );
  explain(
    grammar.replace("\t2\tnsubj", "\t9\tnsubj"),
    /line 8: word 1 .* depends on word 9, but there are 3/,
  );
});

Deno.test("BIO: sentences, lines of white space between them, wrong lines", () => {
  const sentences = parseBio(bytes("Bob\tB-person\nSmith\tI-person\n \t\nruns\tO"));
  deepStrictEqual(sentences, [
    { words: ["Bob", "Smith"], tags: ["B-person", "I-person"] },
    { words: ["runs"], tags: ["O"] },
  ]);
  throws(
    () => parseBio(bytes("Bob\tB-person\nruns\n"), "a.bio"),
    /a\.bio, line 2: expected .* found "runs"/,
  );
  throws(() => parseBio(bytes("Bob\tX-person\n")), /line 1: expected/);
});

Deno.test("damaged CoNLL-U and BIO files are explained; no more words than bytes", () => {
  fc.assert(
    fc.property(damaged(bytes(grammar)), (broken) => {
      const sentences = parsesOrExplains(() => parseConllu(broken)) ?? [];
      ok(sentences.flatMap(({ words }) => words).length <= broken.length);
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(damaged(bytes("Bob\tB-person\nruns\tO\n\nHi\tO\n")), (broken) => {
      for (const { words, tags } of parsesOrExplains(() => parseBio(broken)) ?? []) {
        strictEqual(words.length, tags.length);
        ok(words.length <= broken.length);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("spans: neighbours, change of kind, an I without a B, the end of the sentence", () => {
  const spans = (tags: string) =>
    bioSpans(tags.split(" ")).map(({ kind, from, to }) => `${kind}${from}-${to}`);
  deepStrictEqual(spans("B-a I-a B-a O I-b I-c"), ["a0-2", "a2-3", "b4-5", "c5-6"]);
  deepStrictEqual(spans("O O"), []);
  // Writing spans as tags and reading them back gives the same spans.
  const span = fc.record({
    gap: fc.nat(2),
    size: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom("a", "b"),
  });
  fc.assert(fc.property(fc.array(span, { maxLength: 6 }), (wanted) => {
    const tags: string[] = [];
    const written = wanted.map(({ gap, size, kind }) => {
      for (let at = 0; at < gap; at++) tags.push("O");
      const from = tags.length;
      for (let at = 0; at < size; at++) tags.push(`${at === 0 ? "B" : "I"}-${kind}`);
      return { kind, from, to: tags.length };
    });
    deepStrictEqual(bioSpans(tags), written);
  }));
});

Deno.test("vocabulary: most frequent first, ties by letters, bounds, unknown words, padding", () => {
  const texts = [["b", "a", "c"], ["A", "c", "C"]];
  const vocabulary = Vocabulary.from(texts);
  deepStrictEqual(vocabulary.words, ["<padding>", "<unknown>", "c", "a", "b"]);
  deepStrictEqual([...vocabulary.encode([["a", "z", "C"], []], 2).values], [3, 1, 0, 0]);
  deepStrictEqual(Vocabulary.from(texts, { ignoreCase: false, atLeast: 2 }).words.slice(2), ["c"]);
  strictEqual(Vocabulary.from(texts, { size: 3 }).size, 3);
  throws(() => Vocabulary.from(texts, { size: 1 }), /size must be a whole number from 2/);
  throws(() => vocabulary.encode(texts, 0), /length must be a whole number from 1/);
});

Deno.test("tags: index of the label, -1 behind the end, unknown tags refused", () => {
  const column = encodeTags([["O", "B-a", "O"], ["B-a"]], ["O", "B-a"], 2);
  deepStrictEqual([...column.values], [0, 1, 1, -1]);
  deepStrictEqual(column.labels, ["O", "B-a"]);
  throws(() => encodeTags([["X"]], ["O"], 2), /The tag "X" is not one of O/);
});

Deno.test("tokens: words, numbers, signs, apostrophes inside words, letters of all scripts", () => {
  deepStrictEqual(tokenize("It's 5:30, 'ok'?"), ["It's", "5", ":", "30", ",", "'", "ok", "'", "?"]);
  deepStrictEqual(tokenize("naïve 東京 Füße"), ["naïve", "東京", "Füße"]);
  deepStrictEqual(tokenize("  "), []);
});

Deno.test("a task for every group, in parts and with missing labels", () => {
  const whole = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.of(0, 1, 2, 3), shape: [] } },
    targets: { y: { values: Float32Array.of(5, NaN, 7, 8), shape: [] } },
    groups: { who: [1, 2, 2, 1] },
  });
  const tasks = tasksByGroup(whole.subset([2, 1, 3]), "y", "who");
  // Whole numbers get the name of the grouping, which keeps them in the order of their first example.
  deepStrictEqual(Object.keys(tasks.targets), ["who 2", "who 1"]);
  deepStrictEqual([tasks.labelCount("who 1"), tasks.labelCount("who 2")], [1, 1]);
  deepStrictEqual([...tasks.target("who 2").values], [7, 0, 8]);
  deepStrictEqual([...tasks.target("who 2").mask!], [1, 0, 0]);
  const given = tasksByGroup(whole.subset([0]), "y", "who", { groups: [2, 1] });
  deepStrictEqual(Object.keys(given.targets), ["who 2", "who 1"]);
  deepStrictEqual([given.labelCount("who 1"), given.labelCount("who 2")], [1, 0]);
  const { targets, inputs } = whole;
  const named = MultiTaskDataset.from({ inputs, targets, groups: { who: ["b", "a", "b", "c"] } });
  deepStrictEqual(Object.keys(tasksByGroup(named, "y", "who").targets), ["b", "a", "c"]);
  throws(() => tasksByGroup(whole, "z" as "y", "who"), /has no target "z"; it has y/);
  throws(() => tasksByGroup(whole, "y", "nobody"), /has no group "nobody"; it has who/);
  ok(whole.target("y").mask);
});
