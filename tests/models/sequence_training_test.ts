/** Encoders of sequences learn small things together with the tasks that they are for. */
import { ok } from "node:assert/strict";
import {
  classification,
  ctc,
  encoders,
  fit,
  hardSharing,
  MultiTaskDataset,
  optimizers,
  Random,
  tagging,
} from "polytask";
import { testOnWasm } from "../_backends.ts";

const ROWS = 32;
const LENGTH = 6;

/**
 * Texts of the words 1 to 5, of different lengths. The tag of a word is 1 where the word is the same
 * as the one before it, which no word shows by itself; the topic is whether the word 5 occurs.
 */
function texts() {
  const random = new Random(8);
  const words = new Int32Array(ROWS * LENGTH);
  const tags = new Int32Array(ROWS * LENGTH).fill(-1);
  const topics = new Int32Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const length = 3 + random.integer(LENGTH - 2);
    for (let at = row * LENGTH; at < row * LENGTH + length; at++) {
      const repeats = at > row * LENGTH && random.uniform() < 0.4;
      words[at] = repeats ? words[at - 1] : 1 + random.integer(5);
      tags[at] = Number(at > row * LENGTH && words[at] === words[at - 1]);
      if (words[at] === 5) topics[row] = 1;
    }
  }
  return MultiTaskDataset.from({
    inputs: { words: { values: words, shape: [LENGTH] } },
    targets: {
      tag: { values: tags, shape: [LENGTH] },
      topic: { values: topics, shape: [] },
    },
  });
}

const options = { vocabulary: 6, output: "steps" } as const;
const encodersOfTexts = [
  [encoders.textCnn({ ...options, embedding: 8, filters: 12, windows: [2, 3] }), 0.03],
  [encoders.lstm({ ...options, embedding: 8, units: [12] }), 0.03],
  [encoders.gru({ ...options, embedding: 8, units: [12] }), 0.03],
  [encoders.transformer({ ...options, units: 16, heads: 2, blocks: 1, dropout: 0.05 }), 0.02],
] as const;

for (const [encoder, learningRate] of encodersOfTexts) {
  testOnWasm(`${encoder.name} learns tags and topics of padded texts`, async () => {
    const model = hardSharing({
      encoder,
      tasks: [
        tagging("tag", { classes: 2, crf: true }),
        classification("topic", { classes: 2, pool: "max" }),
      ],
      seed: 1,
    });
    const data = texts();
    await fit(model, data, {
      epochs: 30,
      batchSize: 8,
      optimizer: optimizers.adam({ learningRate }),
      seed: 2,
      observer: false,
    });
    const { tag, topic } = await model.evaluate(data);
    // At most half of the errors of whoever always says the larger class.
    const least = (name: "tag" | "topic") => {
      const labels = Array.from(data.target(name).values).filter((label) => label >= 0);
      const share = labels.filter((label) => label === 1).length / labels.length;
      return 1 - Math.min(share, 1 - share) / 2;
    };
    ok(tag.accuracy > least("tag"), `tags ${tag.accuracy}, at least ${least("tag")}`);
    ok(topic.accuracy > least("topic"), `topics ${topic.accuracy}, at least ${least("topic")}`);
    model.dispose();
  });
}

testOnWasm("a CRNN learns to spell what the frames show", async () => {
  const random = new Random(3);
  const [frames, bands, symbols] = [12, 3, 2];
  const features = new Float32Array(ROWS * frames * bands);
  const letters = new Int32Array(ROWS * symbols);
  for (let row = 0; row < ROWS; row++) {
    for (let at = 0; at < symbols; at++) {
      const letter = random.integer(bands);
      letters[row * symbols + at] = letter;
      // A letter sounds in three frames of its band somewhere in its half.
      const from = 6 * at + random.integer(3);
      for (let frame = from; frame < from + 3; frame++) {
        features[(row * frames + frame) * bands + letter] = 1;
      }
    }
  }
  for (let at = 0; at < features.length; at++) features[at] += 0.1 * random.normal();
  const data = MultiTaskDataset.from({
    inputs: { features: { values: features, shape: [frames, bands] } },
    targets: { spelling: { values: letters, shape: [symbols] } },
  });
  const model = hardSharing({
    encoder: encoders.crnn({ filters: [12], units: 8, output: "steps", pools: [1] }),
    tasks: [ctc("spelling", { symbols: ["a", "b", "c"] })],
    seed: 1,
  });
  await fit(model, data, {
    epochs: 20,
    batchSize: 8,
    optimizer: optimizers.adam({ learningRate: 0.03 }),
    seed: 2,
    observer: false,
  });
  const { spelling } = await model.evaluate(data);
  ok(spelling.characterErrorRate < 0.1, `characters ${spelling.characterErrorRate}`);
  ok(spelling.wordErrorRate < 0.2, `words ${spelling.wordErrorRate}`);
  model.dispose();
});
