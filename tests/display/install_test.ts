import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  displaySymbol,
  installDisplays,
  isDisplayable,
  type MimeBundle,
} from "../../lib/display/mod.ts";
import { encoders, hardSharing } from "../../lib/models/mod.ts";
import { classification } from "../../lib/tasks/mod.ts";
import { History } from "../../lib/training/history.ts";
import { Comparison } from "../../lib/analysis/mod.ts";
import { assertNoLeaks, assertWellFormed } from "./_markup_check.ts";

installDisplays();
installDisplays();

/** What a notebook would be given; checks that no tensor is left behind. */
async function shown(value: unknown): Promise<MimeBundle> {
  assert.ok(isDisplayable(value));
  const before = tf.memory().numTensors;
  const bundle = await value[displaySymbol]();
  assert.equal(tf.memory().numTensors, before, "no tensor is left behind");
  if (bundle["text/html"]) assertWellFormed(bundle["text/html"]);
  return bundle;
}

Deno.test("a tensor shows type, shape, range and first values, and lives on", async () => {
  await tf.setBackend("cpu");
  const matrix = tf.tensor2d(Array.from({ length: 200 }, (_, i) => i / 10), [10, 20]);
  const text = (await shown(matrix))["text/plain"];
  assert.match(text, /^Tensor float32 \[10, 20\]\n200 values, from 0 to 19\.9, mean 9\.95, first/);
  assert.match(text, /\n 0\.00 +0\.10 .*…\n 2\.00 .*\n…$/s);
  assert.ok(!matrix.isDisposed);
  const twin = matrix.clone();
  matrix.dispose();
  assert.equal(
    (await shown(matrix))["text/plain"],
    "Tensor float32 [10, 20]: disposed, its values are gone",
  );
  assert.match((await shown(twin))["text/plain"], /mean 9\.95/);
  twin.dispose();
});

Deno.test("tensors of every rank and type have a display", async () => {
  await tf.setBackend("cpu");
  const cases: [tf.Tensor, RegExp][] = [
    [tf.scalar(0.25), /^Tensor float32 scalar: 0\.2500$/],
    [
      tf.tensor1d([1, 2, 3], "int32"),
      /^Tensor int32 \[3\]\n3 values, from 1 to 3, mean 2\n1 {2}2 {2}3$/,
    ],
    [tf.tensor1d([true, false], "bool"), /true {2}false/],
    [tf.tensor1d(["a<b", "c"], "string"), /a<b/],
    [tf.zeros([2, 3, 4, 5]), /120 values, .*first values at \[0, 0\]/],
    [tf.zeros([0, 3]), /: no values$/],
    [tf.tensor1d([NaN, Infinity]), /no finite values/],
    [tf.tensor1d([NaN, 1]), /from 1 to 1, mean 1, 1 not finite/],
    [tf.complex([1], [2]), /complex values/],
  ];
  for (const [tensor, pattern] of cases) {
    const bundle = await shown(tensor);
    assert.match(bundle["text/plain"], pattern);
    tensor.dispose();
  }
  const variable = tf.variable(tf.tensor1d([1]), true, "trunk/bias");
  assert.match((await shown(variable))["text/plain"], /^Variable "trunk\/bias" float32 \[1\]/);
  variable.dispose();
});

Deno.test("a model shows its diagram; one without variables says what to do", async () => {
  await tf.setBackend("cpu");
  const model = hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: [classification("digit", { classes: 3 })],
  });
  assert.match((await shown(model))["text/plain"], /no variables yet/);
  model.build({ inputs: { x: [2] } });
  const bundle = await shown(model);
  assert.match(bundle["text/plain"], /27 parameters: shared 12 \(44 %\), digit 15/);
  assert.match(bundle["text/html"]!, /<svg/);
  model.dispose();
});

Deno.test("a history shows curves and a table; an empty one says so", async () => {
  const data = {
    run: { seed: 1, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
    tasks: ["digit"],
    steps: [],
    stopped: "finished" as const,
  };
  const epoch = (n: number) => ({
    epoch: n,
    step: n,
    seconds: n,
    learningRate: 0.1,
    train: { digit: { loss: 1 / n } },
  });
  const bundle = await shown(new History({ ...data, epochs: [epoch(1), epoch(2)] }));
  assert.match(bundle["text/plain"], /After epoch 2[^]*digit +0\.5/);
  assertNoLeaks(bundle["text/html"]!);
  assert.ok("application/vnd.plotly.v1+json" in bundle);
  const empty = await shown(new History({ ...data, epochs: [] }));
  assert.match(empty["text/plain"], /No epoch was finished/);
});

Deno.test("a comparison shows means and paired differences", async () => {
  const comparison = new Comparison<string, string>([1, 2, 3], "single", {
    single: { left: [0.5, 0.6, 0.7] },
    "<shared>": { left: [0.6, 0.7, 0.8] },
  });
  const text = (await shown(comparison))["text/plain"];
  assert.match(text, /^Means and 95 % intervals over 3 seeds\nvariant +left\n/);
  assert.match(text, /single +0\.6000 \[0\.3516, 0\.8484\]/);
  // Every seed gains 0.1: the paired interval has no width.
  assert.match(text, /from single, paired by seed[^]*<shared> +0\.1000 \[0\.1000, 0\.1000\]$/);
});

Deno.test("a comparison that was interrupted says how many seeds it holds", async () => {
  const runs = { single: { accuracy: [0.9, 0.8] }, shared: { accuracy: [0.9, 0.9] } };
  const stopped = new Comparison<string, string>([1, 2], "single", runs, 5);
  assert.match((await shown(stopped))["text/plain"], /over 2 of 5 seeds \(interrupted\)/);
  const none = new Comparison<string, string>([], "single", { single: {}, shared: {} }, 5);
  assert.match((await shown(none))["text/plain"], /No seed of 5 was finished/);
});
