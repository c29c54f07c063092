import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as data from "../../../lib/data/mod.ts";
import { close, countClasses, feature, sum, testOnRealData } from "../_real.ts";

// Figures taken from the files with pandas and NumPy 2.4.6.

testOnRealData("adult", "rows, targets and features", async () => {
  const { train, test, featureNames, layout } = await data.adult();
  deepStrictEqual([train.size, test.size, featureNames.length], [32561, 16281, 76]);
  deepStrictEqual([train, test].map((part) => sum(part.target("income").values)), [7841, 3846]);
  deepStrictEqual([train, test].map((part) => sum(part.target("neverMarried").values)), [
    10683,
    5434,
  ]);
  deepStrictEqual([train, test].map((part) => sum(part.target("education").values)), [
    328237,
    163997,
  ]);
  deepStrictEqual([train, test].map((part) => sum(part.target("hours").values)), [1316684, 657626]);
  const total = (part: typeof train, name: string) => sum(feature(part, featureNames, name));
  strictEqual(total(train, "age"), 1256257);
  ok(close(total(train, "log capital gain"), 23919.991465282925));
  ok(close(total(test, "log capital gain"), 11663.573599618285));
  deepStrictEqual(
    ["workclass", "occupation", "native-country"].map((name) => total(train, `${name}=missing`)),
    [1836, 1843, 583],
  );
  deepStrictEqual(layout, { numbers: 3, categories: [9, 15, 5, 2, 42] });
  let from = layout.numbers;
  for (const values of layout.categories) {
    const [category] = featureNames[from].split("=");
    const own = featureNames.filter((name) => name.startsWith(`${category}=`));
    deepStrictEqual(featureNames.slice(from, from + values), own);
    from += values;
  }
  ok(!featureNames.some((name) => /relationship|marital|education|hours/.test(name)));
  const kept = await data.adult({ keepRelationship: true });
  strictEqual(kept.featureNames.length, 82);
});

testOnRealData("optdigits", "rows, classes and pixels", async () => {
  const { train, test } = await data.optdigits();
  const digits = (part: typeof train) => countClasses(part.target("digit").values, 10);
  deepStrictEqual(digits(train), [376, 389, 380, 389, 387, 376, 377, 387, 380, 382]);
  deepStrictEqual(digits(test), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  strictEqual(sum(train.inputs.image.values), 1204758);
  strictEqual(sum(test.inputs.image.values), 561718);
  strictEqual(sum(test.target("loop").values), 178 + 181 + 174 + 180);
  ok(close(sum(test.target("ink").values), 561718 / 16 / 64));
});

testOnRealData("parkinsons-telemonitoring", "rows, patients and scores", async () => {
  const { dataset, featureNames } = await data.parkinsons();
  deepStrictEqual([dataset.size, featureNames.length], [5875, 18]);
  strictEqual(new Set(Array.from(dataset.groups.patient)).size, 42);
  const motor = dataset.target("motorUpdrs").values;
  ok(close(Math.min(...motor), 5.0377) && close(Math.max(...motor), 39.511));
  ok(close(sum(motor) / 5875, 21.29622854468085));
  ok(close(sum(dataset.target("totalUpdrs").values) / 5875, 29.01894228085106));
  strictEqual(sum(dataset.target("sex").values), 1867);
  ok(close(sum(feature(dataset, featureNames, "HNR")), 127367.034));
  ok(Math.abs(feature(dataset, featureNames, "Jitter(Abs)")[0] - 3.38e-5) < 1e-10);
  const { train, test } = dataset.split({ train: 0.8, test: 0.2 }, { seed: 1, by: "patient" });
  const patients = (part: typeof train) =>
    new Set(Array.from(part.rows, (row) => part.groups.patient[row]));
  ok([...patients(train)].every((patient) => !patients(test).has(patient)));
});

testOnRealData("parkinson-speech", "rows, persons and masks", async () => {
  const { train, test, featureNames } = await data.parkinsonSpeech();
  deepStrictEqual([train.size, test.size, featureNames.length], [1040, 168, 26]);
  strictEqual(sum(train.target("updrs").values), 13520);
  strictEqual(sum(train.target("hasParkinsons").values), 520);
  strictEqual(sum(test.target("hasParkinsons").values), 168);
  deepStrictEqual(countClasses(train.target("recording").values, 26), new Array(26).fill(40));
  deepStrictEqual([test.labelCount("updrs"), test.labelCount("recording")], [0, 0]);
  ok(close(sum(feature(train, featureNames, "jitter local")), 2786.7036));
  ok(close(sum(feature(test, featureNames, "jitter local")), 107.635));
  deepStrictEqual(
    [train, test].map((part) => new Set(Array.from(part.groups.person)).size),
    [40, 28],
  );
});

testOnRealData("student-performance", "rows, grades and pupils of both courses", async () => {
  const both = {
    maths: [395, 4309, 4232, 4114, 265, 2255],
    portuguese: [649, 7398, 7509, 7727, 549, 2375],
  };
  const pupils: Set<unknown>[] = [];
  for (const [course, figures] of Object.entries(both) as ["maths" | "portuguese", number[]][]) {
    const { dataset, featureNames } = await data.student({ course });
    const total = (name: data.StudentTarget) => sum(dataset.target(name).values);
    const found = [total("firstGrade"), total("secondGrade"), total("finalGrade"), total("pass")];
    const absences = sum(feature(dataset, featureNames, "absences"));
    deepStrictEqual([dataset.size, ...found, absences], figures);
    strictEqual(featureNames.length, 56);
    pupils.push(new Set(Array.from(dataset.groups.pupil)));
  }
  strictEqual([...pupils[0]].filter((pupil) => pupils[1].has(pupil)).length, 366);
});

testOnRealData("naval-propulsion", "rows, targets and fuel", async () => {
  const { dataset, featureNames } = await data.navalPropulsion();
  deepStrictEqual([dataset.size, featureNames.length], [11934, 16]);
  ok(close(sum(dataset.target("compressorDecay").values), 11635.65));
  ok(close(sum(dataset.target("turbineDecay").values), 11784.825));
  ok(close(sum(feature(dataset, featureNames, "fuel flow (kg/s)")), 7905.555));
});

testOnRealData("grid-stability", "rows, targets and their sign", async () => {
  const { dataset, featureNames } = await data.gridStability();
  deepStrictEqual([dataset.size, featureNames.length], [10000, 12]);
  const { values: stability } = dataset.target("stability");
  const { values: unstable } = dataset.target("unstable");
  strictEqual(sum(unstable), 6380);
  ok(close(sum(stability), 157.30900002765964));
  ok(unstable.every((value, row) => value === (stability[row] > 0 ? 1 : 0)));
  ok(close(sum(feature(dataset, featureNames, "tau1")), 52499.99930614223));
});

testOnRealData("palmerpenguins", "birds, classes and missing sexes", async () => {
  const { dataset, featureNames } = await data.penguins();
  strictEqual(dataset.size, 342);
  deepStrictEqual(countClasses(dataset.target("species").values, 3), [151, 68, 123]);
  deepStrictEqual(countClasses(dataset.target("island").values, 3), [167, 124, 51]);
  strictEqual(dataset.labelCount("sex"), 333);
  strictEqual(sum(dataset.target("sex").values), 168);
  strictEqual(sum(dataset.target("bodyMass").values), 1437000);
  ok(close(sum(feature(dataset, featureNames, "bill_length_mm")), 15021.3));
});

testOnRealData("crabs", "animals, classes and measures", async () => {
  const { dataset, featureNames } = await data.crabs();
  strictEqual(dataset.size, 200);
  deepStrictEqual(["species", "sex"].map((name) => sum(dataset.target(name as "sex").values)), [
    100,
    100,
  ]);
  ok(close(sum(feature(dataset, featureNames, "FL")), 3116.6));
  ok(close(sum(feature(dataset, featureNames, "BD")), 2806.1));
});

testOnRealData("sarcos", "rows, torques and an exact row", async () => {
  const { dataset, featureNames } = await data.sarcos();
  deepStrictEqual([dataset.size, featureNames.length], [4449, 21]);
  const totals = [60916.15788, -108353.144836, 50536.058544, 122236.018072, -3531.357733];
  totals.forEach((total, at) => {
    const name = `torque${at + 1}` as data.SarcosTarget;
    ok(close(sum(dataset.target(name).values), total), name);
  });
  ok(close(sum(feature(dataset, featureNames, "position 1")), -765.820033));
  ok(close(feature(dataset, featureNames, "position 3")[100], -1.45e-4));
  ok(close(dataset.target("torque2").values[100], -16.311131));
});
