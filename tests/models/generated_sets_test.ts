/** The sets that are generated fit the tasks and encoders that they are made for. */
import { ok } from "node:assert/strict";
import {
  binary,
  box,
  classification,
  data,
  depth,
  encoders,
  fit,
  hardSharing,
  type MultiTaskDataset,
  type MultiTaskModel,
  optimizers,
  segmentation,
  tagging,
} from "polytask";
import { testOnWasm } from "../_backends.ts";

/** Trains a little, on a part, and asks that every loss fell on examples that were not seen. */
async function learns(
  model: MultiTaskModel,
  train: MultiTaskDataset,
  test: MultiTaskDataset,
  epochs: number,
  learningRate: number,
) {
  model.build({
    inputs: Object.fromEntries(
      Object.entries(train.inputs).map(([name, { shape }]) => [name, shape]),
    ),
  });
  const before = await model.evaluate(test);
  await fit(model, train, {
    epochs,
    batchSize: 16,
    optimizer: optimizers.adam({ learningRate }),
    seed: 1,
    observer: false,
  });
  const after = await model.evaluate(test);
  for (const name of model.taskNames) {
    const [then, now] = [before[name].loss, after[name].loss];
    ok(now < then, `${name}: ${then} -> ${now}`);
  }
  model.dispose();
  return after;
}

testOnWasm("scenes: what, where, which pixels and how far, from one trunk", async () => {
  const { train, test } = data.scenes({ train: 96, validation: 0, test: 48 });
  const side = { height: 32, width: 32 };
  const model = hardSharing({
    encoder: encoders.resNet({ width: 8, blocks: [1, 1, 1], output: "image" }),
    tasks: [
      classification("shape", { classes: 3, pool: "max" }),
      box("box", { hidden: [16] }),
      segmentation("segmentation", { classes: 4, ...side, hidden: [8, 8] }),
      depth("depth", { ...side, hidden: [8, 8] }),
    ],
    seed: 1,
  });
  const after = await learns(model, train, test, 4, 0.004);
  ok(after.depth.relative > 0 && after.segmentation.accuracy > 0.3);
});

testOnWasm("toy language: tags and properties of padded sentences, from one trunk", async () => {
  const { train, test, vocabulary } = data.toyLanguage({ train: 96, validation: 0, test: 64 });
  const labels = test.targets.phrase.labels!;
  const model = hardSharing({
    encoder: encoders.lstm({
      vocabulary: vocabulary.size,
      embedding: 16,
      units: [16],
      output: "steps",
    }),
    tasks: [
      tagging("partOfSpeech", { classes: data.toyPartsOfSpeech.length }),
      tagging("phrase", {
        classes: labels.length,
        labels,
        crf: true,
        metrics: ["accuracy", "spanF1"],
      }),
      binary("plural", { pool: "max" }),
      binary("question", { pool: "max" }),
    ],
    seed: 1,
  });
  const after = await learns(model, train, test, 6, 0.01);
  ok(after.partOfSpeech.accuracy > 0.6, `${after.partOfSpeech.accuracy}`);
  ok(after.phrase.spanF1 > 0.5, `${after.phrase.spanF1}`);
});
