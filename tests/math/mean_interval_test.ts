import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { meanInterval } from "../../lib/math/mean_interval.ts";

Deno.test("meanInterval: half width is t times the standard error", () => {
  // scipy.stats.t.ppf(0.975, n - 1) for n = 5 and n = 101.
  const five = meanInterval([1, 2, 3, 4, 5]);
  strictEqual(five.mean, 3);
  strictEqual(Math.abs(five.upper - 3 - 2.7764451 * Math.sqrt(2.5 / 5)) < 1e-4, true);
  const many = Array.from({ length: 101 }, (_, at) => at % 2);
  const { mean, lower } = meanInterval(many);
  const variance = many.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 100;
  strictEqual(Math.abs(mean - lower - 1.9839715 * Math.sqrt(variance / 101)) < 1e-6, true);
});

Deno.test("meanInterval: no interval from fewer than two values", () => {
  deepStrictEqual(meanInterval([]), { mean: NaN, lower: NaN, upper: NaN });
  deepStrictEqual(meanInterval([4, NaN]), { mean: 4, lower: NaN, upper: NaN });
});
