import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { lossAt, regressions } from "./_problems.ts";

Deno.test("a sum within a sum is the flat sum, in its operator and at its solution", () => {
  const data = regressions("nested sums");
  const { elasticNet, jointFeatures, lasso, meanRegularised, ridge, sum, traceNorm } = linear;
  const pairs: [nested: linear.Penalty, flat: linear.Penalty][] = [
    [sum(elasticNet(1, 2), meanRegularised(3)), sum(lasso(1), ridge(2), meanRegularised(3))],
    [sum(sum(lasso(1), meanRegularised(3)), ridge(2)), sum(lasso(1), meanRegularised(3), ridge(2))],
    [sum(elasticNet(1, 2), jointFeatures(2)), sum(lasso(1), jointFeatures(2), ridge(2))],
    [sum(sum(ridge(1), ridge(2)), meanRegularised(1)), sum(ridge(3), meanRegularised(1))],
    [sum(sum(sum(traceNorm(1)), ridge(1))), sum(traceNorm(1), ridge(1))],
    [sum(elasticNet(1, 1), elasticNet(0.5, 0)), sum(lasso(1.5), ridge(1))],
  ];
  for (const [nested, flat] of pairs) {
    const a = linear.fit(data, { penalty: nested, tolerance: 1e-12 });
    const b = linear.fit(data, { penalty: flat, tolerance: 1e-12 });
    near(a.coefficients, [...b.coefficients], 1e-6, nested.name);
    near([a.report.objective], [b.report.objective], 1e-9, nested.name);
    const { value } = lossAt(a, data);
    const own = nested.bind(a.layout).value(a.coefficients);
    near([a.report.objective], [value + own], 1e-9, nested.name);
  }
});

Deno.test("a penalty with a smooth part keeps it within a sum, whoever wrote it", () => {
  const { terms: _, ...written } = linear.elasticNet(1, 2);
  const random = new Random("written");
  const layout = linear.layoutOf(4, ["a", "b", "c"]);
  const w = Float64Array.from({ length: 12 }, () => random.normal());
  const whole = linear.sum(written, linear.meanRegularised(3)).bind(layout);
  const flat = linear.sum(linear.lasso(1), linear.ridge(2), linear.meanRegularised(3)).bind(layout);
  const a = new Float64Array(12), b = new Float64Array(12);
  whole.smoothPart!.multiply(w, a);
  flat.smoothPart!.multiply(w, b);
  near(a, [...b], 1e-12);
});
