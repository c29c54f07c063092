import { ok } from "node:assert/strict";
import oracle from "../oracles/linear_sklearn.json" with { type: "json" };
import * as linear from "../../lib/linear/mod.ts";

// Regenerate the numbers with bench/linear/oracles.py.
const rows = oracle.inputs.length;
const inputs = linear.matrix(oracle.inputs);
const regressions = linear.LinearData.of(
  Object.fromEntries(oracle.targets.map((targets, k) => [`y${k}`, { inputs, targets }])),
);
const binary = linear.LinearData.of({
  label: { inputs, targets: oracle.label, kind: "binary" },
});
const classification = linear.LinearData.of({
  kind: { inputs, targets: oracle.kind, kind: "classification" },
});

interface Strength {
  alpha?: number;
  l1_ratio?: number;
  C?: number;
}

/** scikit-learn divides squared losses by the rows and ridge by two: see the doc comments. */
function translated(
  name: string,
  { alpha = 0, l1_ratio = 0, C = 1 }: Strength,
): [linear.LinearData, linear.Penalty] {
  const entry = rows * alpha * l1_ratio, square = rows * alpha * (1 - l1_ratio) / 2;
  switch (name) {
    case "Lasso":
      return [regressions, linear.lasso(rows * alpha)];
    case "MultiTaskLasso":
      return [regressions, linear.jointFeatures(rows * alpha)];
    case "ElasticNet":
      return [regressions, linear.elasticNet(entry, square)];
    case "MultiTaskElasticNet":
      return [regressions, linear.sum(linear.jointFeatures(entry), linear.ridge(square))];
    case "Ridge":
      return [regressions, linear.ridge(alpha / 2)];
    case "LogisticRegression":
      return [binary, linear.ridge(1 / (2 * C))];
    case "MultinomialRegression":
      return [classification, linear.ridge(1 / (2 * C))];
    default:
      throw new Error(`No translation of ${name}`);
  }
}

for (const { name, strength, coefficients, intercepts } of oracle.cases) {
  if (!coefficients || !intercepts) continue;
  for (const solver of ["auto", "fista"] as const) {
    Deno.test(`${name} ${JSON.stringify(strength)} as scikit-learn, solver ${solver}`, () => {
      const [data, penalty] = translated(name, strength);
      const model = linear.fit(data, { penalty, solver, tolerance: 1e-12, maxIterations: 100_000 });
      ok(model.report.reason !== "iterations", JSON.stringify(model.report));
      near(model.coefficients, coefficients.flat(), 1e-5, "coefficients");
      // A softmax does not feel a constant on all its intercepts.
      const shift = name === "MultinomialRegression"
        ? mean(intercepts) - mean(model.intercepts)
        : 0;
      near(model.intercepts.map((c) => c + shift), intercepts, 1e-5, "intercepts");
    });
  }
}

Deno.test("discriminantAnalysis gives the probabilities of scikit-learn", () => {
  const { probabilities } = oracle.cases.find(({ name }) => name === "LinearDiscriminantAnalysis")!;
  const scores = linear.discriminantAnalysis(classification, { shrinkage: 0 })
    .scores("kind", inputs);
  probabilities!.forEach((own, row) => {
    const odds = [...scores.subarray(3 * row, 3 * row + 3)].map(Math.exp);
    const total = odds.reduce((sum, value) => sum + value, 0);
    near(odds.map((value) => value / total), own, 1e-9, `row ${row}`);
  });
});

function near(found: ArrayLike<number>, wanted: readonly number[], within: number, what: string) {
  ok(found.length === wanted.length, `${what}: ${found.length} numbers, not ${wanted.length}`);
  wanted.forEach((value, i) =>
    ok(Math.abs(found[i] - value) <= within, `${what}[${i}]: ${found[i]}, not ${value}`)
  );
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
