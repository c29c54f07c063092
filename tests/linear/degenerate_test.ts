import { ok, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { penalties } from "./_penalties.ts";

function finite(model: linear.LinearModel): void {
  ok(model.coefficients.every(Number.isFinite) && model.intercepts.every(Number.isFinite));
  ok(Number.isFinite(model.report.objective));
  ok(model.report.reason !== "iterations", JSON.stringify(model.report));
}

const random = new Random("degenerate");
const rows = (count: number, width = 4) =>
  Array.from({ length: count }, () => Array.from({ length: width }, () => random.normal()));
const targets = (count: number) => Array.from({ length: count }, () => random.normal());

const awkward: Record<string, linear.LinearData> = {
  "one row in a task": linear.LinearData.of({
    a: { inputs: rows(1), targets: [2] },
    b: { inputs: rows(5), targets: targets(5) },
    c: { inputs: rows(5), targets: targets(5) },
  }),
  "a constant feature": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, {
      inputs: rows(6).map((row) => [row[0], 1e6, row[1], row[2]]),
      targets: targets(6),
    }]),
  )),
  "constant targets": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, { inputs: rows(6), targets: new Array(6).fill(3) }]),
  )),
  "all inputs zero": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, {
      inputs: rows(4).map((row) => row.map(() => 0)),
      targets: targets(4),
    }]),
  )),
  "collinear features": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, {
      inputs: rows(8).map(([x, y]) => [x, y, x + y, 2 * x]),
      targets: targets(8),
    }]),
  )),
  "the same task three times": linear.LinearData.of(Object.fromEntries(
    [rows(6)].flatMap((inputs) => {
      const same = targets(6);
      return ["a", "b", "c"].map((name) => [name, { inputs, targets: same }]);
    }),
  )),
  "many more features than rows": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, { inputs: rows(4, 30), targets: targets(4) }]),
  )),
  "very different scales": linear.LinearData.of(Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, {
      inputs: rows(8).map(([w, x, y, z]) => [w, 0.1 * x, 30 * y, z]),
      targets: targets(8),
    }]),
  )),
};

for (const [name, data] of Object.entries(awkward)) {
  Deno.test(`${name}: every penalty ends with numbers and a reason`, () => {
    for (const penalty of penalties) {
      finite(linear.fit(data, { penalty, tolerance: 1e-6, maxIterations: 100_000 }));
    }
  });
}

Deno.test("a constant feature gets no coefficient, whatever its size", () => {
  const model = linear.fit(awkward["a constant feature"], { penalty: linear.none() });
  for (const task of ["a", "b", "c"]) near([model.coefficientsOf(task)[1]], [0], 1e-14);
});

Deno.test("a task with one row learns its target as intercept", () => {
  const model = linear.fit(awkward["one row in a task"], { penalty: linear.jointFeatures(0.1) });
  const { inputs } = awkward["one row in a task"].tasks[0];
  near(model.predict("a", inputs), [2], 1e-12);
});

Deno.test("a task given twice gets the same coefficients twice", () => {
  const one = { inputs: rows(10), targets: targets(10) };
  const data = linear.LinearData.of({
    a: one,
    b: { ...one },
    c: { inputs: rows(8), targets: targets(8) },
  });
  for (
    const penalty of [linear.jointFeatures(0.5), linear.traceNorm(0.5), linear.meanRegularised(1)]
  ) {
    const model = linear.fit(data, { penalty, tolerance: 1e-12 });
    near(model.coefficientsOf("a"), [...model.coefficientsOf("b")], 1e-8);
  }
});

Deno.test("many more features than rows: penalties choose, none gives the shortest solution", () => {
  const wide = linear.LinearData.of({
    a: { inputs: rows(5, 200), targets: targets(5) },
    b: { inputs: rows(5, 200), targets: targets(5) },
  });
  for (const penalty of [linear.lasso(0.5), linear.jointFeatures(0.5), linear.traceNorm(0.5)]) {
    finite(linear.fit(wide, { penalty }));
  }
  const shortest = linear.fit(wide, { penalty: linear.none() });
  near(linear.report(shortest, wide).tasks.map(({ rmse }) => rmse), [0, 0], 1e-9);
  const little = linear.fit(wide, { penalty: linear.ridge(1e-7) });
  near(shortest.coefficients, [...little.coefficients], 1e-6);
});

Deno.test("collinear columns: coefficients are shared by ridge and the fit is that of one", () => {
  const inputs = [[1, 1], [2, 2], [4, 4]];
  const data = linear.LinearData.of({ a: { inputs, targets: [1, 2, 4] } });
  const model = linear.fit(data, { penalty: linear.none() });
  near(model.coefficients, [0.5, 0.5], 1e-9);
});

Deno.test("separable classes without a penalty end by the iterations, and say so", () => {
  const data = linear.LinearData.of({
    a: { inputs: [[-2], [-1], [1], [2]], targets: [0, 0, 1, 1], kind: "binary" },
  });
  const { report } = linear.fit(data, {
    penalty: linear.none(),
    maxIterations: 200,
    tolerance: 1e-12,
  });
  strictEqual(report.reason, "iterations");
  ok(report.certificate.value > report.certificate.tolerance);
});

Deno.test("one class only: the model says that class", () => {
  const data = linear.LinearData.of({
    a: { inputs: rows(6), targets: new Array(6).fill(1), kind: "binary" },
  });
  const model = linear.fit(data, { penalty: linear.ridge(1), maxIterations: 300 });
  strictEqual(linear.report(model, data).pooled.accuracy, 1);
});

Deno.test("settings that cannot work are refused in a sentence", () => {
  const data = awkward["collinear features"];
  const penalty = linear.lasso(1);
  throws(
    () => linear.fit(data, { penalty, weights: { a: 0 } }),
    /weight of task "a" must be above 0/,
  );
  throws(() => linear.crossValidate(data, { penalty: linear.lasso, folds: 1, seed: 0 }), /folds/);
  throws(
    () => linear.path(data, { penalty: linear.meanRegularised }),
    /"meanRegularised" is no norm.*give the strengths/,
  );
  throws(
    () => linear.path(data, { penalty: linear.lasso, strengths: [] }),
    /at least one strength/,
  );
  throws(
    () => linear.stabilitySelection(data, { penalty: linear.lasso, threshold: 0.4, seed: 0 }),
    /threshold above 0.5/,
  );
  const model = linear.fit(data, { penalty });
  throws(() => model.predict("z", [[1, 2, 3, 4]]), /no task "z"; it has: a, b, c/);
  throws(() => model.predict("a", [[1, 2]]), /knows 4 features, but the inputs have 2/);
  throws(() => linear.reducedRank(data, { rank: 1 }), /shared rows, but "b" has rows of its own/);
});
