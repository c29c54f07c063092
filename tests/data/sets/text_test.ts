import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as data from "../../../lib/data/mod.ts";
import { countClasses, sum, testOnRealData } from "../_real.ts";

/** How often each tag occurs, without padding. */
function countTags(values: ArrayLike<number>, classes: number): number[] {
  return countClasses(Array.from(values).filter((tag) => tag !== data.NO_TAG), classes);
}

// Figures taken from the files with plain Python (split, Counter, json).

testOnRealData("ud-english-ewt", "sentences, words, tags, heads, features and genres", async () => {
  const { train, validation, test, vocabulary } = await data.udEnglish({
    length: 159,
    vocabulary: 30_000,
    features: ["Number"],
  });
  deepStrictEqual([train.size, validation.size, test.size], [12544, 2001, 2077]);
  const words = (part: typeof train) =>
    part.inputs.words.values.filter((word) => word !== 0).length;
  deepStrictEqual([train, validation, test].map(words), [204577, 25147, 25094]);
  deepStrictEqual(countTags(train.target("partOfSpeech").values, 17), [
    ...[13137, 17742, 10167, 12815, 6687, 16299, 695, 34751, 4126, 5748, 18677, 12620, 23596],
    ...[3819, 722, 22576, 400],
  ]);
  deepStrictEqual(countClasses(train.target("genre").values, 5), [2631, 3770, 1833, 2725, 1585]);
  deepStrictEqual(countClasses(test.target("genre").values, 5), [438, 606, 284, 535, 214]);
  const heads = Array.from(train.target("head").values).filter((head) => head >= 0);
  deepStrictEqual([heads.length, sum(heads)], [204577, 2549347]);
  const plural = train.targets.Number.labels!.indexOf("Plur");
  strictEqual(countTags(train.target("Number").values, 9)[plural], 16383);
  strictEqual(vocabulary.size, 16654 + 2);
  deepStrictEqual(vocabulary.words.slice(2, 5), ["the", ".", ","]);
});

testOnRealData("ud-english-ewt", "cut sentences lose the heads beyond the cut", async () => {
  const { validation } = await data.udEnglish({ length: 10 });
  const { values } = validation.target("head");
  ok(Math.max(...values) <= 10);
  ok(values.some((head, at) => head === -1 && validation.inputs.words.values[at] !== 0));
});

testOnRealData("wnut17", "texts, words and entity tags", async () => {
  const { train, validation, test } = await data.wnut17({ length: 105 });
  deepStrictEqual([train.size, validation.size, test.size], [3394, 1009, 1287]);
  deepStrictEqual(
    countTags(train.target("entity").values, 13),
    [59570, 221, 46, 140, 206, 264, 150, 548, 245, 660, 335, 142, 203],
  );
  deepStrictEqual(
    countTags(test.target("entity").values, 13),
    [21654, 66, 22, 142, 218, 165, 70, 150, 94, 429, 131, 127, 126],
  );
  deepStrictEqual(countTags(validation.target("segment").values, 3), [
    14483,
    34 + 105 + 39 + 74 + 470 + 114,
    12 + 133 + 25 + 33 + 117 + 94,
  ]);
});

testOnRealData("snips-nlu", "sentences, intents and slots", async () => {
  const { train, validation, test } = await data.snips({ length: 60 });
  deepStrictEqual([train.size, validation.size, test.size], [13084, 700, 700]);
  const intents = [train, validation].map((part) => countClasses(part.target("intent").values, 7));
  deepStrictEqual(
    intents[0].map((count, at) => count + intents[1][at]),
    [1942, 1973, 2000, 2000, 1956, 1954, 1959],
  );
  deepStrictEqual(countClasses(test.target("intent").values, 7), new Array(7).fill(100));
  const labels = test.targets.slots.labels!;
  strictEqual(labels[0], "O");
  const kinds = new Set(labels.slice(1).map((label) => label.slice(2)));
  strictEqual(kinds.size, 39);
  // A slot that is one sign or none when tokenised would be lost; there is none such.
  const begins = countTags(test.target("slots").values, labels.length)
    .filter((_, at) => labels[at].startsWith("B-"));
  strictEqual(sum(begins), 1794);
});

const reviewsOfDomain = [
  ...[1600, 1500, 1600, 1597, 1600, 1598, 1600, 1600, 1600, 1570, 1600, 1600, 1515, 1600, 1600],
  1600,
];

testOnRealData("fdu-mtl", "reviews, sentiments and domains; a task for every domain", async () => {
  const { train, test } = await data.fduMtl({ length: 5 });
  deepStrictEqual([train.size, test.size], [25380, 6400]);
  deepStrictEqual(countClasses(test.target("domain").values, 16), new Array(16).fill(400));
  deepStrictEqual(countClasses(train.target("domain").values, 16), reviewsOfDomain);
  strictEqual(sum(train.target("sentiment").values), 12748);
  strictEqual(sum(test.target("sentiment").values), 3231);
  const tasks = data.tasksByGroup(train, "sentiment", "domain");
  deepStrictEqual(Object.keys(tasks.targets), data.fduDomains);
  deepStrictEqual(data.fduDomains.map((domain) => tasks.labelCount(domain)), reviewsOfDomain);
});

testOnRealData("fdu-mtl", "every word is read", async () => {
  const { train } = await data.fduMtl({ length: 100, domains: ["MR"] });
  const words = Array.from(train.inputs.words.values).filter((word) => word !== data.PADDING);
  // Counted in Python with codec cp1252: the byte 0x85 is an ellipsis there, a word of its own.
  strictEqual(words.length, 33999);
  await rejects(data.fduMtl({ domains: ["shoes"] }), /no domain "shoes"; it has apparel/);
});
