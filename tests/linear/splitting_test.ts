import { ok, strictEqual } from "node:assert/strict";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { regressions } from "./_problems.ts";

const norms: Record<string, (strength: number) => linear.Penalty> = {
  traceNorm: linear.traceNorm,
  l1Infinity: linear.l1Infinity,
  taskGroups: linear.taskGroups,
  "traceNorm and ridge": (strength) => linear.sum(linear.traceNorm(strength), linear.ridge(0.3)),
};

for (const [name, penalty] of Object.entries(norms)) {
  Deno.test(`splitting and accelerated proximal gradient end at the same place: ${name}`, () => {
    const own = regressions("splitting");
    const shared = regressions("splitting", true);
    const weights = { a: 3, b: 0.2 };
    for (const data of [own, shared]) {
      for (const settings of [{}, { weights }, { intercept: false }]) {
        for (const strength of [0.05, 1, 5]) {
          const options = { ...settings, penalty: penalty(strength), tolerance: 1e-12 };
          const model = linear.fit(data, options);
          const other = linear.fit(data, { ...options, solver: "fista" });
          strictEqual(model.report.solver, "splitting", JSON.stringify(model.report));
          strictEqual(other.report.solver, "fista");
          ok(model.report.certificate.value <= 1e-12);
          near([model.report.objective], [other.report.objective], 1e-10);
          near(model.coefficients, [...other.coefficients], 1e-4);
        }
      }
    }
  });
}

Deno.test("a path by splitting ends where single fits end", () => {
  const data = regressions("splitting path");
  const strengths = [4, 2, 1, 0.5, 0.1];
  const { models } = linear.path(data, { penalty: linear.traceNorm, strengths, tolerance: 1e-12 });
  models.forEach((model, at) => {
    const penalty = linear.traceNorm(strengths[at]);
    const single = linear.fit(data, { penalty, tolerance: 1e-12 });
    near(model.coefficients, [...single.coefficients], 1e-5);
  });
});

Deno.test("tasks of very different sizes cost splitting few iterations", () => {
  const data = regressions("splitting scales");
  const uneven = linear.LinearData.of({
    a: data.tasks[0],
    b: {
      ...data.tasks[1],
      inputs: {
        ...data.tasks[1].inputs,
        values: data.tasks[1].inputs.values.map((value, i) => value * [1, 10, 0.1, 3][i % 4]),
      },
    },
    c: data.tasks[2],
  });
  const penalty = linear.traceNorm(1);
  const model = linear.fit(uneven, { penalty, tolerance: 1e-8 });
  strictEqual(model.report.solver, "splitting");
  const other = linear.fit(uneven, { penalty, tolerance: 1e-8, solver: "fista" });
  ok(model.report.iterations < other.report.iterations);
  near([model.report.objective], [other.report.objective], 1e-6);
});

Deno.test("joint features: splitting on own rows, descent on shared rows and for many features", () => {
  const penalty = linear.jointFeatures(2);
  const generated = (features: number, shared: boolean) =>
    linear.generateTasks({
      tasks: 4,
      features,
      rows: 15,
      structure: "support",
      size: 5,
      noise: 0.5,
      shared,
      seed: "joint features",
    }).data;
  const expected = [[30, false, "splitting"], [30, true, "coordinate"], [
    210,
    false,
    "coordinate",
  ]] as const;
  for (const [features, shared, solver] of expected) {
    const data = generated(features, shared);
    const weights = { [data.tasks[0].name]: 2 };
    const model = linear.fit(data, { penalty, weights, tolerance: 1e-11 });
    const other = linear.fit(data, { penalty, weights, tolerance: 1e-11, solver: "fista" });
    strictEqual(model.report.solver, solver);
    strictEqual(model.report.reason, "converged");
    near([model.report.objective], [other.report.objective], 1e-9);
  }
});
