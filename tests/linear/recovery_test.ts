import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";

Deno.test("L2,1 finds the shared support exactly, at noise a third of the signal", () => {
  for (const seed of [1, 2, 3]) {
    const { data, support } = linear.generateTasks({
      tasks: 10,
      features: 40,
      rows: 40,
      structure: "support",
      size: 5,
      noise: 0.33,
      seed,
    });
    const [top] = linear.strengthsFor(data, { penalty: linear.jointFeatures });
    const model = linear.fit(data, { penalty: linear.jointFeatures(0.25 * top) });
    deepStrictEqual(model.support(), [...support]);
  }
});

Deno.test("stability selection keeps the true features and its bound", () => {
  const { data, support } = linear.generateTasks({
    tasks: 6,
    features: 30,
    rows: 30,
    structure: "support",
    size: 4,
    noise: 0.5,
    seed: 5,
  });
  const [top] = linear.strengthsFor(data, { penalty: linear.jointFeatures });
  const stability = linear.stabilitySelection(data, {
    penalty: linear.jointFeatures,
    strengths: [0.4 * top, 0.25 * top],
    pairs: 10,
    threshold: 0.8,
    tolerance: 1e-5,
    seed: 1,
  });
  deepStrictEqual([...stability.selected], [...support]);
  ok(stability.probabilities.every((p) => p >= 0 && p <= 1 + 1e-12));
  ok(stability.meanUsed >= support.length - 0.5 && stability.falseBound > 0);
  strictEqual(stability.frequencies.length, 2);
});

Deno.test("the trace norm finds the rank and beats single-task ridge on few rows", () => {
  for (const seed of [1, 2, 3]) {
    const { data, coefficients } = linear.generateTasks({
      tasks: 30,
      features: 20,
      rows: 25,
      structure: "rank",
      size: 2,
      noise: 0.3,
      seed,
    });
    const [top] = linear.strengthsFor(data, { penalty: linear.traceNorm });
    const model = linear.fit(data, { penalty: linear.traceNorm(0.2 * top), tolerance: 1e-9 });
    const singular = linear.singularValues(model.coefficients, 30, 20);
    strictEqual(singular.filter((s) => s > 1e-3 * singular[0]).length, 2);
    const errorOf = (own: Float64Array) =>
      Math.hypot(...own.map((value, i) => value - coefficients[i]));
    const ridges = [0.1, 1, 10].map((strength) =>
      errorOf(linear.fit(data, { penalty: linear.ridge(strength) }).coefficients)
    );
    ok(errorOf(model.coefficients) < 0.8 * Math.min(...ridges));
  }
});

Deno.test("clustered tasks are told apart", () => {
  const { data, clusters } = linear.generateTasks({
    tasks: 12,
    features: 10,
    rows: 15,
    structure: "clusters",
    size: 3,
    noise: 0.5,
    seed: 4,
  });
  const model = linear.fit(data, { penalty: linear.clustered(3, { outside: 5, overall: 0.5 }) });
  const { assignment } = linear.taskClusters(model, 3);
  // The same partition, whatever the numbers of the clusters.
  for (let a = 0; a < 12; a++) {
    for (let b = 0; b < 12; b++) {
      strictEqual(assignment[a] === assignment[b], clusters[a] === clusters[b], `${a} ${b}`);
    }
  }
});

Deno.test("robust puts the outlier tasks into their own part", () => {
  const { data } = linear.generateTasks({
    tasks: 40,
    features: 15,
    rows: 40,
    structure: "rank",
    size: 1,
    noise: 0.1,
    seed: 6,
  });
  const random = new Random("outlier");
  // Two tasks become noise of another kind: random coefficients outside the shared directions.
  const tasks = data.tasks.map((task, k) => {
    if (k > 1) return task;
    const w = Array.from({ length: 15 }, () => 3 * random.normal());
    const targets = task.targets.map((_, row) =>
      w.reduce((sum, value, j) => sum + value * task.inputs.values[row * 15 + j], 0)
    );
    return { ...task, targets };
  });
  const spoilt = new linear.LinearData(tasks);
  const model = linear.fit(spoilt, {
    penalty: linear.robust({ lowRank: 80, outliers: 45 }),
    tolerance: 1e-6,
  });
  const lengths = Array.from(
    { length: 40 },
    (_, k) => Math.hypot(...model.parts[1].subarray(15 * k, 15 * k + 15)),
  );
  deepStrictEqual(lengths.flatMap((length, k) => length > 1e-6 ? [k] : []), [0, 1]);
});

Deno.test("dirty gets both the shared and the single features", () => {
  const { data, coefficients, support } = linear.generateTasks({
    tasks: 8,
    features: 20,
    rows: 60,
    structure: "support",
    size: 3,
    noise: 0,
    seed: 7,
  });
  // One more feature, in the first task alone.
  const single = [...Array(20).keys()].find((j) => !support.includes(j))!;
  const tasks = data.tasks.map((task, k) =>
    k > 0 ? task : {
      ...task,
      targets: task.targets.map((y, row) => y + 2 * task.inputs.values[row * 20 + single]),
    }
  );
  const model = linear.fit(new linear.LinearData(tasks), {
    penalty: linear.dirty({ shared: 12, own: 6 }),
  });
  const [shared, own] = model.parts;
  const used = (part: Float64Array, feature: number) =>
    Array.from({ length: 8 }, (_, k) => Math.abs(part[k * 20 + feature]) > 1e-6);
  for (const feature of support) ok(used(shared, feature).filter(Boolean).length >= 6);
  deepStrictEqual(used(own, single), [true, ...new Array(7).fill(false)]);
  ok(!used(shared, single).some(Boolean));
  strictEqual(coefficients.length, 160);
});

Deno.test("reduced rank is exact on shared rows", () => {
  const { data } = linear.generateTasks({
    tasks: 6,
    features: 5,
    rows: 30,
    structure: "rank",
    size: 3,
    noise: 0.5,
    shared: true,
    seed: 8,
  });
  const lossOf = (model: linear.LinearModel) => linear.report(model, data).pooled.rmse;
  const rank2 = linear.reducedRank(data, { rank: 2 });
  ok(linear.singularValues(rank2.coefficients, 6, 5)[2] < 1e-9);
  // Alternating least squares from several starts finds nothing better.
  const free = linear.fit(data, { penalty: linear.none() });
  // Half the squared residuals, not those of the fit without the rank.
  const squares = 0.5 * data.size * lossOf(rank2) ** 2;
  ok(Math.abs(rank2.report.objective - squares) < 1e-9 * squares);
  ok(rank2.report.objective > 1.01 * free.report.objective);
  ok(rank2.report.reason === "converged" && rank2.report.certificate.kind === "duality gap");
  const withRidge = linear.reducedRank(data, { rank: 2, ridge: 0.7 });
  const length = withRidge.coefficients.reduce((sum, w) => sum + w * w, 0);
  const penalised = 0.5 * data.size * lossOf(withRidge) ** 2 + 0.7 * length;
  ok(Math.abs(withRidge.report.objective - penalised) < 1e-9 * penalised);
  ok(withRidge.report.reason === "converged");
  const full = linear.reducedRank(data, { rank: 5 });
  ok(full.coefficients.every((value, i) => Math.abs(value - free.coefficients[i]) < 1e-9));
  const random = new Random("rank");
  for (let attempt = 0; attempt < 300; attempt++) {
    const factor = Float64Array.from({ length: 2 * 5 }, () => random.normal());
    // The best rank-2 model through random feature directions is never better.
    const projected = data.mapInputs(({ rows, values }) => ({
      rows,
      columns: 2,
      values: Float64Array.from({ length: rows * 2 }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < 5; j++) {
          sum += factor[(i % 2) * 5 + j] * values[Math.floor(i / 2) * 5 + j];
        }
        return sum;
      }),
    }), ["u", "v"]);
    const model = linear.fit(projected, { penalty: linear.none() });
    ok(linear.report(model, projected).pooled.rmse >= lossOf(rank2) - 1e-9);
  }
});
