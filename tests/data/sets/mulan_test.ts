import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import {
  type MulanLabelName,
  mulanLabels,
  mulanRegression,
  type MulanRegressionName,
} from "../../../lib/data/mod.ts";
import { close, sum, testOnRealData } from "../_real.ts";

// Rows, features, sum of all targets, sum of the numeric features, first target; taken from the
// files with Python's csv and NumPy 2.4.6.
const regression: Record<MulanRegressionName, [number, number, number, number, string]> = {
  andro: [49, 30, 9297.365, 45341.655, "Target"],
  atp1d: [337, 411, 842366.0, 51409084.980000004, "LBL+ALLminpA+fut_001"],
  edm: [154, 16, 18.0, 1404.18, "DFlow"],
  enb: [768, 8, 36015.33, 905758.88, "Y1"],
  jura: [359, 15, 12318.293, 69338.72, "Cd"],
  oes10: [403, 298, 4595692.751969, 106204092.011218, "513021_Butchers_and_Meat_Cutters"],
  oes97: [
    334,
    263,
    5413030.04554,
    93940485.009816,
    "58028_Shipping__Receiving__and_Traffic_Clerks",
  ],
  sf1: [323, 33, 94, NaN, "c-class"],
  sf2: [1066, 33, 376, NaN, "c-class"],
  slump: [103, 7, 10680.96, 235475.9, "SLUMP_cm"],
  wq: [1060, 16, 11811, 51851.386402387216, "taxon 25400"],
};

testOnRealData("mulan-multi-target", "rows, features and sums of all eleven sets", async () => {
  for (const [name, [rows, width, targetSum, featureSum, first]] of Object.entries(regression)) {
    const { dataset, featureNames } = await mulanRegression(name as MulanRegressionName);
    deepStrictEqual([dataset.size, featureNames.length], [rows, width], name);
    const targets = Object.keys(dataset.targets);
    strictEqual(targets[0], first);
    ok(close(sum(targets.map((target) => sum(dataset.target(target).values))), targetSum), name);
    const numbers = sum(dataset.inputs.features.values);
    if (!Number.isNaN(featureSum)) ok(close(numbers, featureSum), name);
    // Categories only: each row has one 1 for each of the ten attributes.
    else strictEqual(numbers, rows * 10, name);
  }
});

const labelled: Record<MulanLabelName, { width: number; train: number[]; test: number[] }> = {
  emotions: { width: 72, train: [119, 107, 168, 89, 95, 131], test: [54, 59, 96, 59, 73, 58] },
  flags: { width: 48, train: [104, 64, 66, 61, 95, 31, 20], test: [49, 27, 33, 30, 51, 21, 6] },
  scene: {
    width: 294,
    train: [227, 165, 197, 196, 277, 224],
    test: [200, 199, 200, 237, 256, 207],
  },
  yeast: {
    width: 103,
    train: [476, 645, 598, 378, 532, 161, 198, 441, 261, 289, 98, 1128, 1116, 21],
    test: [286, 393, 385, 219, 330, 92, 91, 281, 167, 191, 80, 688, 683, 13],
  },
};
const sizes = { emotions: [391, 202], flags: [129, 65], scene: [1211, 1196], yeast: [1500, 917] };

testOnRealData("mulan-multi-label", "rows, features and how often each label is set", async () => {
  for (const [name, { width, ...counts }] of Object.entries(labelled)) {
    const { train, test, featureNames } = await mulanLabels(name as MulanLabelName);
    deepStrictEqual([train.size, test.size], sizes[name as MulanLabelName]);
    strictEqual(featureNames.length, width);
    const set = (part: typeof train) =>
      Object.keys(part.targets).map((label) => sum(part.target(label).values));
    deepStrictEqual({ train: set(train), test: set(test) }, counts, name);
  }
});

Deno.test("unknown Mulan sets are refused in a sentence", async () => {
  await rejects(mulanRegression("rf1" as "sf1"), /no Mulan set "rf1" here; there are andro, atp1d/);
  await rejects(mulanLabels("enron" as "yeast"), /no Mulan set "enron" here; there are emotions/);
});
