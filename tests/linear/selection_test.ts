import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { dealFolds, rowsOfFold } from "../../lib/linear/_folds.ts";
import { near } from "../_numbers.ts";
import { lossAt, regressions } from "./_problems.ts";

const data = regressions("selection");

Deno.test("a path is as good as single fits, and its support grows from nothing", () => {
  for (const penalty of [linear.lasso, linear.jointFeatures, linear.traceNorm]) {
    const { strengths, models } = linear.path(data, { penalty, tolerance: 1e-11 });
    strictEqual(models.length, 20);
    strictEqual(models[0].support(1e-9).length, 0);
    near([strengths[19] / strengths[0]], [0.01], 1e-12);
    models.forEach((model, at) => {
      if (at % 5 !== 3) return;
      const single = linear.fit(data, { penalty: penalty(strengths[at]), tolerance: 1e-11 });
      near(model.coefficients, [...single.coefficients], 1e-5);
      near([model.report.objective], [single.report.objective], 1e-9);
    });
  }
});

Deno.test("a long lasso path with many more features than rows misses none of them", () => {
  const { data } = linear.generateTasks({
    tasks: 3,
    features: 150,
    rows: 20,
    structure: "support",
    size: 6,
    noise: 0.5,
    seed: "long path",
  });
  const ridge = 0.2;
  const lassos: ((strength: number) => linear.Penalty)[] = [
    linear.lasso,
    (strength) => linear.sum(linear.lasso(strength), linear.ridge(ridge / 2)),
  ];
  lassos.forEach((penalty, withRidge) => {
    const [top] = linear.strengthsFor(data, { penalty: linear.lasso });
    const strengths = Array.from({ length: 100 }, (_, i) => top * 0.01 ** (i / 99));
    const { models } = linear.path(data, { penalty, strengths, tolerance: 1e-10 });
    models.forEach((model, at) => {
      const strength = strengths[at];
      strictEqual(model.report.solver, "coordinate");
      ok(model.report.certificate.value <= 1e-10, JSON.stringify(model.report));
      const { gradient } = lossAt(model, data);
      model.coefficients.forEach((w, i) => {
        const slope = gradient[i] + withRidge * ridge * w;
        if (w === 0) ok(Math.abs(slope) <= strength + 1e-4 * top, `${at}: ${i}`);
        else near([slope / top], [-Math.sign(w) * strength / top], 1e-4);
      });
    });
  });
});

Deno.test("a warm start is nearer to the end, and ends at the same place", () => {
  const penalty = linear.traceNorm(1);
  const cold = linear.fit(data, { penalty, tolerance: 1e-10 });
  const warm = linear.fit(data, { penalty, tolerance: 1e-10, start: cold });
  ok(warm.report.iterations <= cold.report.iterations);
  near(warm.coefficients, [...cold.coefficients], 1e-6);
  const labels = linear.LinearData.of({
    y: {
      inputs: data.tasks[0].inputs,
      targets: [...data.tasks[0].targets].map((y) => y > 3 ? 1 : 0),
      kind: "binary",
    },
  });
  const first = linear.fit(labels, { penalty: linear.ridge(0.1), tolerance: 1e-10 });
  const again = linear.fit(labels, { penalty: linear.ridge(0.1), tolerance: 1e-10, start: first });
  ok(again.report.iterations < first.report.iterations);
  near(again.intercepts, [...first.intercepts], 1e-6);
  throws(() => linear.fit(labels, { penalty, start: cold }), /starting model has 3 tasks/);
});

Deno.test("folds keep groups together over tasks and spread single tasks evenly", () => {
  const tasks = [
    { name: "a", targets: new Float64Array(10) },
    { name: "b", targets: new Float64Array(1) },
    { name: "c", targets: new Float64Array(6), groups: Int32Array.of(0, 0, 1, 1, 2, 3) },
    { name: "d", targets: new Float64Array(4), groups: Int32Array.of(3, 2, 1, 0) },
  ];
  const folds = dealFolds(tasks, 3, new Random(1));
  const counts = [0, 1, 2].map((fold) => folds[0].filter((own) => own === fold).length);
  deepStrictEqual(counts.sort(), [3, 3, 4]);
  deepStrictEqual([...folds[1]], [-1]);
  strictEqual(folds[2][0], folds[2][1]);
  strictEqual(folds[2][0], folds[3][3]);
  strictEqual(folds[2][5], folds[3][0]);
  for (let fold = 0; fold < 3; fold++) {
    const { training, validation } = rowsOfFold(folds, fold);
    tasks.forEach((task, k) => {
      deepStrictEqual(
        [...training[k], ...validation[k]].sort((a, b) => a - b),
        [...task.targets.keys()],
      );
    });
    ok(training[1].length === 1);
  }
});

Deno.test("cross-validation averages the errors of held-out rows", () => {
  const options = { penalty: linear.ridge, strengths: [0.1, 10], folds: 3, seed: 4 };
  const found = linear.crossValidate(data, options);
  deepStrictEqual([...found.strengths], [10, 0.1]);
  // The same by hand.
  const folds = dealFolds(data.tasks, 3, Random.stream(4, "linear folds"));
  const errors = [0, 1, 2].map((fold) => {
    const { training, validation } = rowsOfFold(folds, fold);
    const model = linear.fit(data.subset(training), { penalty: linear.ridge(10) });
    return linear.report(model, data.subset(validation)).pooled.rmse ** 2;
  });
  near(found.errors[0], errors, 1e-9);
  const mean = (errors[0] + errors[1] + errors[2]) / 3;
  near([found.mean[0]], [mean], 1e-9);
  const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / 2;
  near([found.standardError[0]], [Math.sqrt(variance / 3)], 1e-9);
  strictEqual(found.chosen, found.best);
  deepStrictEqual(found.model.penalty, { name: "ridge", strength: found.best });
  deepStrictEqual(linear.crossValidate(data, options).errors, found.errors);
});

Deno.test("the one-standard-error rule never takes a smaller strength or one that is too bad", () => {
  const made = linear.generateTasks({
    tasks: 4,
    features: 10,
    rows: 30,
    structure: "support",
    size: 2,
    noise: 1,
    seed: 2,
  });
  const found = linear.crossValidate(made.data, {
    penalty: linear.jointFeatures,
    rule: "one standard error",
    seed: 1,
  });
  strictEqual(found.chosen, found.oneStandardError);
  ok(found.chosen >= found.best);
  const best = found.strengths.indexOf(found.best), chosen = found.strengths.indexOf(found.chosen);
  ok(found.mean[chosen] <= found.mean[best] + found.standardError[best]);
  if (chosen > 0) {
    ok(found.mean[chosen - 1] > found.mean[best] + found.standardError[best]);
  }
});

Deno.test("a group that holds a whole task is refused by name", () => {
  const inputs = [[1], [2], [3], [4]];
  const grouped = linear.LinearData.of({
    a: { inputs, targets: [1, 2, 3, 4], groups: ["x", "y", "z", "u"] },
    whole: { inputs, targets: [1, 2, 3, 4], groups: ["x", "x", "x", "x"] },
  });
  throws(
    () =>
      linear.crossValidate(grouped, { penalty: linear.ridge, strengths: [1], folds: 2, seed: 1 }),
    /All rows of task "whole" lie in fold \d: use fewer folds/,
  );
});

Deno.test("reports: RMSE, explained variance, R2 by task and pooled", () => {
  const model = linear.fit(
    linear.LinearData.of({ a: { inputs: [[0], [1]], targets: [0, 1] } }),
    { penalty: linear.none() },
  );
  // Predictions 0, 1, 2, 3 for targets 1, 2, 3, 6: residuals 1, 1, 1, 3.
  const test = linear.LinearData.of({ a: { inputs: [[0], [1], [2], [3]], targets: [1, 2, 3, 6] } });
  const { tasks: [own], pooled } = linear.report(model, test);
  near([own.rmse], [Math.sqrt(3)], 1e-9);
  near([own.r2], [1 - 12 / 14], 1e-9);
  near([own.explainedVariance], [1 - 3 / 14], 1e-9);
  near([own.loss], [1.5], 1e-9);
  near([pooled.rmse, pooled.r2], [own.rmse, own.r2], 1e-12);
  ok(Number.isNaN(own.accuracy));
  // Pooled variance is around the common mean: two tasks that are right about their means alone.
  const two = linear.LinearData.of({
    a: { inputs: [[0], [0]], targets: [0, 2] },
    b: { inputs: [[0], [0]], targets: [10, 12] },
  });
  const means = linear.fit(two, { penalty: linear.ridge(1) });
  const figures = linear.report(means, two);
  near(figures.tasks.map(({ r2 }) => r2), [0, 0], 1e-9);
  near([figures.pooled.r2], [1 - 4 / 104], 1e-9);
});

Deno.test("models survive JSON and predict the same", () => {
  const random = new Random("json");
  const inputs = Array.from({ length: 30 }, () => [random.normal(), random.normal()]);
  const mixed = linear.LinearData.of({
    number: { inputs, targets: inputs.map(([x, y]) => x - y) },
    sign: { inputs, targets: inputs.map(([x]) => x > 0 ? 1 : 0), kind: "binary" },
    corner: {
      inputs,
      targets: inputs.map(([x, y]) => (x > 0 ? 1 : 0) + (y > 0 ? 1 : 0)),
      kind: "classification",
    },
  });
  const model = linear.fit(mixed, { penalty: linear.jointFeatures(0.5) });
  strictEqual(model.layout.columns, 5);
  const again = linear.LinearModel.fromJSON(JSON.parse(JSON.stringify(model)));
  deepStrictEqual(again.predictAll(mixed), model.predictAll(mixed));
  deepStrictEqual(again.penalty, model.penalty);
  const { tasks } = linear.report(again, mixed);
  ok(tasks[1].accuracy > 0.9 && tasks[2].accuracy > 0.7 && tasks[0].r2 > 0.9);
  throws(() => linear.LinearModel.fromJSON({}), /no saved linear model/);
  const spoilt = JSON.parse(JSON.stringify(model));
  spoilt.intercepts[0] = "0";
  throws(() => linear.LinearModel.fromJSON(spoilt), /not finite numbers/);
});

Deno.test("one against rest: as many yes-or-no tasks as classes, and the highest score wins", () => {
  const random = new Random("rest");
  const inputs = Array.from({ length: 90 }, () => [random.normal(), random.normal()]);
  const targets = inputs.map(([x, y]) => x > 0.4 ? 0 : y > 0 ? 1 : 2);
  const whole = linear.LinearData.of({ region: { inputs, targets, kind: "classification" } });
  const rest = linear.oneAgainstRest(whole);
  deepStrictEqual(rest.tasks.map(({ name }) => name), ["region 0", "region 1", "region 2"]);
  const model = linear.fit(rest, { penalty: linear.ridge(0.1) });
  const found = linear.highestScore(model, rest.tasks[0].inputs);
  ok(targets.filter((target, row) => found[row] === target).length > 75);
  throws(() => linear.oneAgainstRest(data), /one classification, not "a" \(regression\)/);
});

Deno.test("discriminant analysis keeps the directions that matter", () => {
  const random = new Random("lda");
  // Three classes along one line: one direction is enough.
  const inputs = Array.from({ length: 120 }, (_, row) => {
    const along = 4 * (row % 3);
    const noise = [random.normal(), random.normal(), random.normal()];
    return [along + noise[0], noise[0] + 0.5 * noise[1], noise[2]];
  });
  const targets = inputs.map((_, row) => row % 3);
  const whole = linear.LinearData.of({ place: { inputs, targets, kind: "classification" } });
  const all = linear.discriminantAnalysis(whole);
  const one = linear.discriminantAnalysis(whole, { rank: 1 });
  ok(linear.singularValues(one.coefficients, 3, 3)[1] > 0);
  const accuracy = (model: linear.LinearModel) => linear.report(model, whole).pooled.accuracy;
  ok(accuracy(one) > 0.9 && accuracy(all) >= accuracy(one) - 0.02);
  throws(
    () =>
      linear.discriminantAnalysis(
        linear.LinearData.of({
          p: { inputs: [[1], [2]], targets: [0, 0], kind: "classification", classes: 2 },
        }),
      ),
    /Class 1 of "p" has no row/,
  );
});
