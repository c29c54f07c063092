import { ok } from "node:assert/strict";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";

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
