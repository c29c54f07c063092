import { deepStrictEqual, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { binary, classification, encoders, fit, hardSharing, regression } from "polytask";
import { type BatchSource, fromDataFrame, parquetSource } from "../../lib/data/mod.ts";
import { testOnCpu } from "../_backends.ts";
import { temporaryFolder } from "./_temporary.ts";

const ROWS = 103;
const index = Array.from({ length: ROWS }, (_, at) => at);
const table = pl.DataFrame({
  number: index,
  // "later" occurs only near the end: the categories must come from the whole file.
  word: index.map((at) => at > 90 ? "later" : at % 2 ? "odd" : "even"),
  half: index.map((at) => at % 5 === 0 ? null : at / 2),
  large: index.map((at) => at > 50),
});
const columns = {
  inputs: { both: ["number", "word"] },
  targets: { half: "half", large: "large" },
};

function written(): string {
  const path = `${temporaryFolder()}/table.parquet`;
  table.writeParquet(path);
  return path;
}

/** All batches of one pass as plain numbers. */
async function pass(source: BatchSource, options: {
  batchSize: number;
  seed?: number;
  epoch?: number;
}) {
  const batches: { size: number; both: number[]; half: number[]; mask: number[] }[] = [];
  for (const batch of source.batches(options)) {
    batches.push({
      size: batch.size,
      both: [...await batch.inputs.both?.data() ?? []],
      half: [...await batch.targets.half?.data() ?? []],
      mask: [...await batch.masks.half?.data() ?? []],
    });
    batch.dispose();
  }
  return batches;
}

testOnCpu("a Parquet file read in blocks gives the batches of the whole table", async () => {
  const path = written();
  const before = tf.memory().numTensors;
  const whole = await pass(fromDataFrame(table, columns), { batchSize: 10 });
  for (const blockRows of [1, 10, 25, 1000]) {
    const source = await parquetSource(path, columns, { blockRows });
    strictEqual(source.size, ROWS);
    deepStrictEqual(source.inputShapes, { both: [4] });
    deepStrictEqual(await pass(source, { batchSize: 10 }), whole, `${blockRows}`);
  }
  strictEqual(tf.memory().numTensors, before);
});

testOnCpu("with a seed every row comes once, in an order of its own each epoch", async () => {
  const source = await parquetSource(written(), columns, { blockRows: 25 });
  const numbers = async (options: { seed: number; epoch: number }) => {
    const batches = await pass(source, { batchSize: 5, ...options });
    strictEqual(batches.length, source.stepsPerEpoch!(5));
    return batches.flatMap(({ both }) => both.filter((_, at) => at % 4 === 0));
  };
  const first = await numbers({ seed: 1, epoch: 0 });
  deepStrictEqual([...first].sort((a, b) => a - b), index);
  deepStrictEqual(await numbers({ seed: 1, epoch: 0 }), first);
  notDeepStrictEqual(await numbers({ seed: 1, epoch: 1 }), first);
  notDeepStrictEqual(await numbers({ seed: 2, epoch: 0 }), first);
  notDeepStrictEqual(first, index);
});

testOnCpu("a schema and its errors hold for the file, not for a block", async () => {
  const path = `${temporaryFolder()}/kinds.parquet`;
  pl.DataFrame({
    kind: index.map((at) => at === 97 ? 12 : at % 3),
    flag: index.map((at) => at === 77 ? 2 : at % 2),
    size: index.map((at) => at === 40 ? "n/a" : `${at}`),
  }).writeParquet(path);
  const columns = { inputs: { kind: ["kind"] }, tasks: { flag: "flag", kind: "kind" } };
  const source = await parquetSource(path, { ...columns, schema: { kind: "category" } });
  deepStrictEqual(source.inputShapes, { kind: [4] });
  deepStrictEqual(source.targetLabels, { kind: ["0", "1", "2", "12"] });
  const strict = await parquetSource(path, { ...columns, schema: { flag: "boolean" } }, {
    blockRows: 10,
  });
  await rejects(
    pass(strict, { batchSize: 10 }),
    /Column "flag" holds 2 in row 77, but its schema says boolean/,
  );
  await rejects(
    parquetSource(path, { inputs: { size: "size" }, targets: { flag: "flag" } }),
    /Column "size" is text, but 102 of its 103 different texts are numbers, and "n\/a" is not/,
  );
});

testOnCpu("parts of a file, and what cannot be read", async () => {
  const path = written();
  const part = await parquetSource(path, columns, { from: 90, to: 100, blockRows: 4 });
  const [batch] = await pass(part, { batchSize: 4 });
  deepStrictEqual(batch.both.filter((_, at) => at % 4 === 0), [90, 91, 92, 93]);
  deepStrictEqual(batch.mask, [0, 1, 1, 1]);
  await rejects(parquetSource(path, columns, { to: 104 }), /has 103 rows; .* 0 and 104\./);
  await rejects(parquetSource(path, columns, { blockRows: 0 }), /blockRows must be .* but is 0\./);
  const wrong = { inputs: { x: "weight" }, targets: { half: "half" } };
  await rejects(parquetSource(path, wrong), /table\.parquet could not be read: .*weight/s);
  await rejects(parquetSource("nowhere.parquet", columns), /nowhere\.parquet could not be read/);
  const gaps = { inputs: { x: "half" }, targets: { large: "large" } };
  await rejects(parquetSource(path, gaps), /"half" is an input, but 1 of its 1 values are missing/);
});

testOnCpu(
  "fit trains from a Parquet file, with missing labels, and validates on a part",
  async () => {
    const path = written();
    const train = await parquetSource(path, columns, { to: 80, blockRows: 30 });
    const validation = await parquetSource(path, columns, { from: 80 });
    const model = hardSharing({
      encoder: encoders.mlp({ units: [4] }),
      tasks: [regression("half"), binary("large")],
    });
    const history = await fit(model, train, {
      validation,
      epochs: 2,
      batchSize: 16,
      seed: 1,
      observer: false,
    });
    strictEqual(history.steps.length, 10);
    ok(Number.isFinite(history.last!.validation!.half.loss));
    deepStrictEqual(history.run.configuration.data, {
      name: path,
      examples: 80,
      file: path,
      from: 0,
      to: 80,
      blockRows: 30,
    });
    model.dispose();
  },
);

testOnCpu("labels in a file that do not fit a task are refused, with the batch", async () => {
  const path = `${temporaryFolder()}/wrong.parquet`;
  pl.DataFrame({
    number: index,
    half: index.map((at) => at === 3 ? null : at / 2),
    kind: index.map((at) => at === 70 ? 5 : at % 2),
  }).writeParquet(path);
  const columns = { inputs: { number: "number" }, targets: { half: "half", kind: "kind" } };
  const part = (from: number, to: number) => parquetSource(path, columns, { from, to });
  const model = () =>
    hardSharing({
      encoder: encoders.mlp({ units: [4] }),
      tasks: [regression("half"), classification("kind", { classes: 2 })],
    });
  const settings = { epochs: 2, batchSize: 16, seed: 1, observer: false } as const;
  const [right, wrong] = [await part(0, 64), await part(64, 103)];
  const trained = model();
  const steps: number[] = [];
  const observer = { step: ({ step }: { step: number }) => void steps.push(step) };
  await rejects(
    fit(trained, wrong, { ...settings, observer }),
    /training data ".*wrong\.parquet" do not fit task "kind" \(classification\) in batch [123]: the label in row \d+ is 5, but classes go from 0 to 1/,
  );
  // No step was made with the wrong label.
  ok(steps.length <= 2, `${steps}`);
  trained.dispose();
  const validated = model();
  await rejects(
    fit(validated, right, { ...settings, validation: wrong }),
    /validation data ".*" do not fit task "kind" \(classification\) in batch 1: the label in row 6 is 5/,
  );
  strictEqual(validated.built, false);
  const fine = model();
  strictEqual((await fit(fine, right, settings)).steps.length, 8);
  fine.dispose();
});
