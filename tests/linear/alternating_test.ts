import { ok, strictEqual, throws } from "node:assert/strict";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { lossAt } from "./_problems.ts";

Deno.test("alternating and proximal gradient agree on clustered tasks", () => {
  const { data, clusters } = linear.generateTasks({
    tasks: 6,
    features: 5,
    rows: 12,
    structure: "clusters",
    size: 2,
    noise: 0.3,
    seed: 3,
  });
  const options = { outside: 3, overall: 0.5 };
  const { model, relation, objectives } = linear.fitAlternating(data, { ...options, clusters: 2 });
  const direct = linear.fit(data, { penalty: linear.clustered(2, options), tolerance: 1e-12 });
  near([model.report.objective], [direct.report.objective], 1e-6);
  near(model.coefficients, [...direct.coefficients], 1e-3);
  objectives.forEach((value, round) => ok(round === 0 || value <= objectives[round - 1] + 1e-9));
  strictEqual(model.report.reason, "converged");
  let trace = 0;
  for (let k = 0; k < 6; k++) trace += relation[7 * k];
  near([trace], [2], 1e-9);
  // Tasks of one cluster are closer related than tasks of two.
  for (let a = 0; a < 6; a++) {
    for (let b = 0; b < a; b++) {
      const tie = relation[6 * a + b];
      ok(clusters[a] === clusters[b] ? tie > 0.15 : Math.abs(tie) < 0.15, `${a} ${b} ${tie}`);
    }
  }
});

/** Six related tasks, as numbers or as yes and no. */
function related(kind: "regression" | "binary"): linear.LinearData {
  const { data } = linear.generateTasks({
    tasks: 6,
    features: 5,
    rows: 20,
    structure: "rank",
    size: 2,
    noise: 0.3,
    seed: 3,
  });
  if (kind === "regression") return data;
  return new linear.LinearData(
    data.tasks.map((task) => ({ ...task, kind, targets: task.targets.map((y) => Number(y > 0)) })),
  );
}

for (const kind of ["regression", "binary"] as const) {
  for (const intercept of [true, false]) {
    Deno.test(`alternating for clusters and for directions: ${kind}, intercept ${intercept}`, () => {
      const data = related(kind);
      const strengths = { outside: 2, overall: 0.4 };
      const cases = [
        [{ clusters: 2 }, linear.clustered(2, strengths), 6],
        [{ dimensions: 2 }, linear.alternatingStructure(2, strengths), 5],
      ] as const;
      for (const [form, penalty, size] of cases) {
        const settings = { ...strengths, intercept, tolerance: 1e-7 };
        const { model, relation } = linear.fitAlternating(data, { ...settings, ...form });
        const direct = linear.fit(data, {
          penalty,
          intercept,
          tolerance: 1e-10,
          maxIterations: 100_000,
        });
        near(model.coefficients, [...direct.coefficients], 1e-4, penalty.name);
        near(model.intercepts, [...direct.intercepts], 1e-4, penalty.name);
        near([model.report.objective], [direct.report.objective], 1e-8, penalty.name);
        const { value } = lossAt(model, data);
        const own = penalty.bind(model.layout).value(model.coefficients);
        near([model.report.objective], [value + own], 1e-8, penalty.name);
        strictEqual(model.report.reason, "converged");
        strictEqual(model.report.solver, "alternating");
        ok(model.report.certificate.value <= 1e-7);
        // Of the relations with this trace, M is the best.
        strictEqual(relation.length, size * size);
        let trace = 0;
        for (let k = 0; k < size; k++) trace += relation[(size + 1) * k];
        near([trace], [2], 1e-9);
      }
    });
  }
}

Deno.test("an alternating fit that runs out of rounds says so, and is not certified", () => {
  const data = related("regression");
  for (const form of [{ clusters: 2 }, { dimensions: 2 }]) {
    const options = { outside: 8, overall: 0.1, rounds: 2, ...form };
    const { model, objectives } = linear.fitAlternating(data, options);
    strictEqual(model.report.reason, "iterations");
    strictEqual(model.report.iterations, 2);
    strictEqual(model.report.objective, objectives[1]);
    ok(model.report.certificate.value > model.report.certificate.tolerance);
    const further = linear.fitAlternating(data, { ...options, rounds: 500 });
    ok(further.model.report.objective < model.report.objective);
  }
});

Deno.test("more clusters than tasks and more directions than features are refused", () => {
  const data = related("regression");
  const strengths = { outside: 1, overall: 1 };
  const message = /clustered cannot have 7 clusters of 6 tasks/;
  throws(() => linear.fit(data, { penalty: linear.clustered(7, strengths) }), message);
  throws(() => linear.fitAlternating(data, { ...strengths, clusters: 7 }), message);
  throws(
    () => linear.fitAlternating(data, { ...strengths, dimensions: 6 }),
    /alternatingStructure cannot have 6 dimensions of 5 features/,
  );
});
