/** Tasks with an answer for every pixel, boxes, order, and robust or unsure regression. */
import { deepStrictEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  box,
  depth,
  metrics,
  ordinal,
  Random,
  regression,
  segmentation,
  type Task,
} from "polytask";
import torch from "../oracles/losses_torch.json" with { type: "json" };
import sklearn from "../oracles/tasks_sklearn.json" with { type: "json" };
import { testOnBackends } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { checkLossGradient, lossesOf } from "./_row_losses.ts";

function figures(task: Task, output: number[], target: number[], rows: number, mask?: number[]) {
  return Object.fromEntries(task.metrics.map((metric) => {
    const accumulator = metric.start();
    accumulator.update({ output, target, rows, mask });
    return [metric.name, accumulator.result()];
  }));
}

const crossEntropy = (logits: readonly number[], label: number) =>
  Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[label];

testOnBackends("Huber's, smooth L1 and Gaussian losses are those of PyTorch", async () => {
  const { outputs, targets, huber, smoothL1, gaussian } = torch.regression;
  const target = tf.tensor2d(targets);
  const mean = tf.tensor2d(outputs.map((row) => row.slice(0, 3)));
  const robust = regression("r", { outputs: 3, loss: "huber", delta: 0.7 });
  near((await lossesOf(robust, mean, target)).losses, huber);
  await checkLossGradient(robust, [4, 3], target, { range: [-2, 2], step: 0.004 });
  const both = tf.tensor2d(outputs);
  const unsure = regression("r", { outputs: 3, noise: "learned" });
  near((await lossesOf(unsure, both, target)).losses, gaussian);
  await checkLossGradient(unsure, [4, 6], target);
  // A box has four edges; the first three are those of the oracle, the last is right.
  const four = (rows: readonly (readonly number[])[]) =>
    tf.tensor2d(rows.map((row) => [...row.slice(0, 3), 0]));
  const [edges, truth] = [four(outputs), four(targets)];
  const { losses } = await lossesOf(box("b", { delta: 0.3 }), edges, truth);
  near(losses, smoothL1.map((loss) => loss * 3 / 4));
  await checkLossGradient(box("b"), [4, 4], truth, { range: [-2, 2], step: 0.004 });
  tf.dispose([target, mean, both, edges, truth]);
});

Deno.test("figures of unsure regression look at the means only", () => {
  const task = regression("r", { outputs: 2, noise: "learned" });
  const sure = regression("r", { outputs: 2 });
  const target = [1, 2, 3, 5];
  const unsure = figures(task, [1, 3, 9, 9, 2, 5, -9, 7], target, 2);
  deepStrictEqual(unsure, figures(sure, [1, 3, 2, 5], target, 2));
});

testOnBackends("an ordinal loss adds up the borders", async () => {
  const task = ordinal("stars", { classes: 4 });
  const rows = [[2, 0.5, -1], [0, 0, 0], [3, 1, -2], [-1, -2, -3]];
  const labels = [2, 0, 3, 1];
  const [output, target] = [tf.tensor2d(rows), tf.tensor1d(labels, "int32")];
  const { losses } = await lossesOf(task, output, target);
  near(
    losses,
    rows.map((row, at) =>
      row.reduce((sum, z, k) => sum + Math.log1p(Math.exp(labels[at] > k ? -z : z)), 0)
    ),
  );
  await checkLossGradient(task, [4, 3], target);
  // Found 2, 0, 2, 0: one and one class off.
  const { accuracy, mae } = figures(task, rows.flat(), labels, 4);
  near([accuracy, mae], [1 / 2, 1 / 2]);
  tf.dispose([output, target]);
});

Deno.test("quadratic kappa is that of scikit-learn", () => {
  const { logits, labels, quadraticKappa } = sklearn.classes;
  const counts = new metrics.Confusion(4);
  labels.forEach((label, row) => counts.add(label, logits[row].indexOf(Math.max(...logits[row]))));
  near([counts.quadraticKappa()], [quadraticKappa], 1e-12);
});

testOnBackends("segmentation is a mean over labelled pixels, with Dice if asked", async () => {
  const random = new Random(4);
  const labels = [[0, 2, 1, -1], [1, 1, 0, 2], [-1, -1, -1, -1]];
  const logits = labels.map((row) => row.map(() => [0, 1, 2].map(() => random.normal())));
  const output = tf.tensor(logits.flat(2), [3, 2, 2, 3]);
  const target = tf.tensor(labels.flat(), [3, 2, 2], "int32");
  const plain = labels.map((row, at) => {
    const there = row.flatMap((label, pixel) => label < 0 ? [] : [{ label, z: logits[at][pixel] }]);
    const loss = there.reduce((sum, { label, z }) => sum + crossEntropy(z, label), 0);
    const shares = [0, 1, 2].map((k) => {
      const chances = there.map(({ z }) => Math.exp(-crossEntropy(z, k)));
      const hits = there.reduce((sum, { label }, i) => sum + (label === k ? chances[i] : 0), 0);
      const count = there.filter(({ label }) => label === k).length;
      return (2 * hits + 1) / (chances.reduce((sum, p) => sum + p, 0) + count + 1);
    });
    const dice = 1 - shares.reduce((sum, share) => sum + share, 0) / 3;
    return { loss: loss / Math.max(1, there.length), dice };
  });
  for (const dice of [0, 0.7]) {
    const task = segmentation("parts", { classes: 3, height: 2, width: 2, dice });
    const { losses } = await lossesOf(task, output, target);
    near(losses, plain.map((row) => row.loss + dice * row.dice), 1e-5);
    await checkLossGradient(task, [3, 2, 2, 3], target);
  }
  tf.dispose([output, target]);
});

Deno.test("figures of pixels count pixels, and classes that are there", () => {
  const task = segmentation("parts", { classes: 3, height: 1, width: 4 });
  const found = [0, 1, 1, 0, 2, 2, 2, 2];
  const output = found.flatMap((label) => [0, 1, 2].map((k) => Number(k === label)));
  const target = [0, 1, 0, -1, 0, 0, 0, 0];
  // Without the masked row: class 0 is found once of two times, class 1 once in two.
  const { accuracy, iou } = figures(task, output, target, 2, [1, 0]);
  near([accuracy, iou], [2 / 3, (1 / 2 + 1 / 2) / 2]);
});

testOnBackends("depth counts measured pixels only", async () => {
  const values = [[1, 0, 2], [-1, 0, 0]];
  const found = [[2, 7, 5], [3, 3, 3]];
  const output = tf.tensor(found.flat(), [2, 1, 3, 1]);
  const target = tf.tensor(values.flat(), [2, 1, 3]);
  const of = (loss?: "absolute" | "squared" | "huber") =>
    depth("far", { height: 1, width: 3, loss, delta: 2 });
  near((await lossesOf(of(), output, target)).losses, [(1 + 3) / 2, 0]);
  near((await lossesOf(of("squared"), output, target)).losses, [(1 + 9) / 2, 0]);
  near((await lossesOf(of("huber"), output, target)).losses, [(0.5 + 2 * 3 - 2) / 2, 0]);
  await checkLossGradient(of("squared"), [2, 1, 3, 1], target);
  const all = figures(of(), found.flat(), values.flat(), 2);
  near([all.mae, all.relative], [2, (1 / 1 + 3 / 2) / 2]);
  tf.dispose([output, target]);
});

Deno.test("intersection over union of boxes worked by hand", () => {
  const { boxIou } = metrics;
  deepStrictEqual(
    [
      boxIou([0, 0, 1, 1], [0, 0, 1, 1]),
      boxIou([0, 0, 1, 1], [1, 0, 2, 1]),
      boxIou([0, 0, 2, 2], [1, 1, 3, 3]),
      boxIou([0, 0, 4, 4], [1, 1, 2, 3]),
      boxIou([1, 1, 0, 0], [0, 0, 1, 1]),
      boxIou([0, 0, 0, 0], [0, 0, 0, 0]),
    ],
    [1, 0, 1 / 7, 2 / 16, 0, 0],
  );
  const all = figures(box("b"), [0, 0, 2, 2, 0, 0, 1, 1], [1, 1, 3, 3, 0, 0, 1, 1], 2);
  near([all.iou, all.mae], [(1 / 7 + 1) / 2, 1 / 2]);
});

Deno.test("settings and targets that cannot be right get a sentence", () => {
  throws(() => regression("r", { noise: "learned", loss: "huber" }), /"r".*learned noise/);
  throws(() => regression("r", { delta: 0 }), /"r".*delta.*above 0.*is 0/);
  throws(() => ordinal("o", { classes: 1 }), /"o".*classes.*from 2.*is 1/);
  throws(() => segmentation("s", { classes: 2, height: 0, width: 1 }), /"s".*height.*is 0/);
  throws(
    () => segmentation("s", { classes: 2, height: 1, width: 1, dice: -1 }),
    /"s".*dice.*from 0.*is -1/,
  );
  throws(() => depth("d", { height: 1, width: 1.5 }), /"d".*width.*1\.5/);
  throws(() => box("b", { delta: -1 }), /"b".*delta.*is -1/);
  const two = { height: 1, width: 2 };
  const refused = [
    [ordinal("o", { classes: 3 }).checkTarget([3], []), "value 0 is 3, but classes go from 0 to 2"],
    [ordinal("o", { classes: 3 }).checkTarget([1], [1]), "shape []"],
    [segmentation("s", { classes: 2, ...two }).checkTarget([0, -2], [1, 2]), "-1 is no label"],
    [segmentation("s", { classes: 2, ...two }).checkTarget([0, 1], [2]), "[1, 2] per row"],
    [depth("d", two).checkTarget([0, 1], [2]), "[1, 2] per row"],
    [depth("d", two).checkTarget([0, NaN], [1, 2]), "not a finite number"],
    [box("b").checkTarget([0, 0, 1], [3]), "shape [4]"],
    [box("b").checkTarget([0, 0, 1, 1, 1, 0, 0, 1], [4]), "the box in row 1 ends before"],
  ] as const;
  for (const [said, part] of refused) ok(said?.includes(part), `${said} / ${part}`);
  ok(depth("d", two).checkTarget([0, 1], [1, 2, 1]) === undefined);
});
