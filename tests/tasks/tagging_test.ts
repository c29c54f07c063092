import { deepStrictEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { predictedTags, Random, tagging, viterbi } from "polytask";
import { testOnBackends } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { checkLossGradient, lossesOf } from "./_row_losses.ts";

const classes = 3;
const length = 4;
const tags = [[0, 2, 1, 1], [2, 2, -1, -1], [1, -1, -1, -1], [-1, -1, -1, -1]];

/** Rows of one text: emissions, then class after class, start and end. */
function packed(seed: number): number[][] {
  const random = new Random(seed);
  return Array.from(
    { length: length + classes + 2 },
    () => Array.from({ length: classes }, () => random.normal()),
  );
}

/** Score of a sequence of classes in float64. */
function score(rows: readonly (readonly number[])[], path: readonly number[]): number {
  let sum = rows[length + classes][path[0]] + rows[length + classes + 1][path[path.length - 1]];
  path.forEach((tag, at) => {
    sum += rows[at][tag];
    if (at > 0) sum += rows[length + path[at - 1]][tag];
  });
  return sum;
}

/** All sequences of classes of a length. */
function paths(words: number): number[][] {
  if (words === 0) return [[]];
  return paths(words - 1).flatMap((path) =>
    Array.from({ length: classes }, (_, tag) => [...path, tag])
  );
}

/** Loss of a text by listing all sequences; a word's share of it. */
function listed(rows: readonly (readonly number[])[], target: readonly number[]): number {
  const truth = target.filter((tag) => tag >= 0);
  if (truth.length === 0) return 0;
  const total = paths(truth.length).reduce((sum, path) => sum + Math.exp(score(rows, path)), 0);
  return (Math.log(total) - score(rows, truth)) / truth.length;
}

/** The weights stand in every text and are those of the first. */
function texts(): number[][][] {
  const weights = packed(1).slice(length);
  return tags.map((_, row) => [...packed(row + 2).slice(0, length), ...weights]);
}

const target = () => tf.tensor2d(tags, [4, length], "int32");

testOnBackends("the loss of words is their mean cross-entropy without padding", async () => {
  const rows = tags.map((_, row) => packed(row).slice(0, length));
  const task = tagging("tag", { classes });
  const [output, truth] = [tf.tensor3d(rows), target()];
  const { losses, gradient } = await lossesOf(task, output, truth);
  const loss = (word: readonly number[], tag: number) =>
    Math.log(word.reduce((sum, z) => sum + Math.exp(z), 0)) - word[tag];
  near(
    losses,
    tags.map((text, row) => {
      const words = text.filter((tag) => tag >= 0);
      return words.reduce((sum, tag, at) => sum + loss(rows[row][at], tag), 0) /
        Math.max(1, words.length);
    }),
  );
  // Padding has no gradient.
  const padding = gradient.filter((_, at) => tags.flat()[Math.floor(at / classes)] < 0);
  deepStrictEqual(padding.map(Math.abs), new Array(padding.length).fill(0));
  await checkLossGradient(task, [4, length, classes], truth);
  tf.dispose([output, truth]);
});

testOnBackends("the conditional random field sums over all sequences", async () => {
  const rows = texts();
  const task = tagging("tag", { classes, crf: true });
  const [output, truth] = [tf.tensor3d(rows), target()];
  const { losses, gradient } = await lossesOf(task, output, truth);
  near(losses, tags.map((text, row) => listed(rows[row], text)), 1e-5);
  // Float64 differences, of the weights in all texts at once.
  const total = (moved: (rows: number[][]) => void) =>
    tags.reduce((sum, text, row) => {
      const changed = rows[row].map((line) => [...line]);
      moved(changed);
      return sum + listed(changed, text);
    }, 0);
  const size = length + classes + 2;
  for (let line = length; line < size; line++) {
    for (let k = 0; k < classes; k++) {
      const numeric = (total((each) =>
        each[line][k] += 1e-4
      ) - total((each) => each[line][k] -= 1e-4)) / 2e-4;
      const analytic = tags.reduce(
        (sum, _, row) => sum + gradient[(row * size + line) * classes + k],
        0,
      );
      near([analytic], [numeric], 1e-5, `weight ${line}, ${k}`);
    }
  }
  tf.dispose([output, truth]);
  const first = tf.tensor2d(tags.slice(0, 1), [1, length], "int32");
  await checkLossGradient(task, [1, size, classes], first);
  first.dispose();
});

testOnBackends(
  "the random field is right for weights far apart and extreme emissions",
  async () => {
    const task = tagging("tag", { classes, crf: true });
    for (const [emission, weight] of [[1, 20], [300, 1], [200, 20]]) {
      const rows = packed(5).map((row, at) =>
        row.map((z) => z * (at < length ? emission : weight))
      );
      // Listed with the largest score taken off, which the plain sum of exponentials cannot hold.
      const scores = paths(length).map((path) => score(rows, path));
      const top = Math.max(...scores);
      const total = top + Math.log(scores.reduce((sum, each) => sum + Math.exp(each - top), 0));
      const output = tf.tensor3d([rows]);
      for (const path of [[0, 2, 1, 1], [2, 2, 2, 0]]) {
        const truth = tf.tensor2d([path], [1, length], "int32");
        const { losses, gradient } = await lossesOf(task, output, truth);
        near(losses, [(total - score(rows, path)) / length], 1e-4);
        ok(gradient.every(Number.isFinite));
        truth.dispose();
      }
      output.dispose();
    }
  },
);

testOnBackends("a random field over texts of one word is a softmax", async () => {
  const task = tagging("tag", { classes, crf: true });
  const output = tf.tensor3d([[[1, 2, 3], ...new Array(classes + 2).fill([0, 0, 0])]]);
  const truth = tf.tensor2d([[1]], [1, 1], "int32");
  const { losses } = await lossesOf(task, output, truth);
  near(losses, [Math.log(Math.exp(-1) + 1 + Math.exp(1))]);
  tf.dispose([output, truth]);
});

Deno.test("Viterbi finds the best of all sequences", () => {
  for (let seed = 0; seed < 20; seed++) {
    const rows = packed(seed);
    const best = paths(length).reduce((one, other) =>
      score(rows, other) > score(rows, one) ? other : one
    );
    deepStrictEqual(
      viterbi({
        emissions: rows.slice(0, length).flat(),
        transitions: rows.slice(length, length + classes).flat(),
        start: rows[length + classes],
        end: rows[length + classes + 1],
      }),
      best,
    );
    const [found] = predictedTags(rows.flat(), { classes, crf: true, lengths: [length] });
    deepStrictEqual(found, best);
    // A shorter text is the best sequence of its own length.
    const [short] = predictedTags(rows.flat(), { classes, crf: true, lengths: [2] });
    ok(paths(2).every((path) => score(rows, path) <= score(rows, short) + 1e-9));
  }
  deepStrictEqual(viterbi({ emissions: [], transitions: [0], start: [0], end: [0] }), []);
});

Deno.test("accuracy counts words, span F1 whole spans, both without padding and masked rows", () => {
  const labels = ["O", "B-x", "I-x"];
  for (const crf of [false, true]) {
    const { metrics } = tagging("tag", {
      classes,
      labels,
      crf,
      metrics: ["accuracy", "spanF1"],
    });
    const truth = [[1, 2, 0, 1], [1, 2, -1, -1], [0, 0, 0, 0]];
    const found = [[1, 2, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]];
    const output = found.flatMap((text) => [
      ...text.flatMap((tag) => [0, 1, 2].map((k) => Number(k === tag))),
      ...new Array(crf ? (classes + 2) * classes : 0).fill(0),
    ]);
    const figures = metrics.map((metric) => {
      const accumulator = metric.start();
      accumulator.update({ output, target: truth.flat(), mask: [1, 1, 0], rows: 3 });
      return accumulator.result();
    });
    // Four of six words. Of three true spans one is found, of two found ones one is right.
    near(figures, [4 / 6, 2 / 5], 1e-12, `crf ${crf}`);
  }
});

Deno.test("tags and settings that cannot be right get a sentence", () => {
  const task = tagging("tag", { classes, crf: true });
  ok(task.checkTarget([0, 1, -1, 2, -1, -1], [3]) === undefined);
  ok(task.checkTarget([0, -1, 1], [3])!.includes("row 0 has a label behind a missing one"));
  ok(task.checkTarget([0, 3], [2])!.includes("value 1 is 3, but classes go from 0 to 2"));
  ok(task.checkTarget([0], [])!.includes("shape [length]"));
  ok(tagging("tag", { classes }).checkTarget([0, -1, 1], [3]) === undefined);
  throws(() => tagging("tag", { classes: 1 }), /"tag".*classes.*from 2.*is 1/);
  throws(() => tagging("tag", { classes, metrics: ["spanF1"] }), /"tag".*spanF1.*give labels/);
  throws(() => tagging("tag", { classes, labels: ["a"] }), /1 label names for 3 classes/);
});
