import { ok } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { penalties } from "./_penalties.ts";
import { gradientWith, normCondition } from "./_conditions.ts";
import { lossAt, regressions } from "./_problems.ts";

/** How close conditions must hold: solvers stop at 1e-11 relative to the gradient at zero. */
const WITHIN = 2e-5;

for (const penalty of penalties) {
  for (const solver of ["auto", "fista"] as const) {
    for (const shared of [false, true]) {
      const name = `${JSON.stringify(penalty.configuration)}, ${solver}, ${
        shared ? "shared" : "own"
      } rows`;
      Deno.test(`optimality conditions of ${name}`, () => {
        const data = regressions("kkt", shared);
        const model = linear.fit(data, {
          penalty,
          solver,
          tolerance: 1e-12,
          maxIterations: 200_000,
        });
        ok(model.report.reason !== "iterations", JSON.stringify(model.report));
        const { value, gradient, intercepts } = lossAt(model, data);
        near(intercepts, [0, 0, 0], 1e-6, "gradient in the intercepts");
        const parts = Float64Array.from(model.parts.flatMap((part) => [...part]));
        const bound = penalty.bind(model.layout);
        near([model.report.objective], [value + bound.value(parts)], 1e-9, "objective");
        check(penalty, bound, parts, gradient);
        noNeighbourIsBetter(model, data, penalty);
      });
    }
  }
}

/** `-gradient` must be a subgradient of the penalty at the parts. */
function check(
  penalty: linear.Penalty,
  bound: linear.BoundPenalty,
  parts: Float64Array,
  gradient: Float64Array,
): void {
  const size = gradient.length;
  const w = parts.slice(0, size);
  const full = gradientWith(bound, w, gradient);
  if (bound.quadratic || bound.dual) return normCondition(bound, parts, full, WITHIN);
  switch (penalty.name) {
    case "clustered":
    case "alternatingStructure":
      // Differentiable away from zero singular values.
      for (let i = 0; i < size; i++) {
        near([full[i] + slopeOf(bound, w, i)], [0], 1e-4, `entry ${i}`);
      }
      return;
    case "traceNormBall":
    case "sparseLowRank": {
      const last = parts.slice(parts.length - size);
      const radius = (penalty.configuration.radius ?? penalty.configuration.traceBound) as number;
      const sum = linear.singularValues(last, 3, 4).reduce((total, s) => total + s, 0);
      near([sum], [radius], 1e-6, "the bound is active here");
      const inner = last.reduce((total, value, i) => total - value * full[i], 0);
      near([inner], [radius * linear.singularValues(full, 3, 4)[0]], WITHIN);
      if (penalty.name === "sparseLowRank") {
        const sparse = penalty.configuration.sparse as number;
        w.forEach((value, i) => {
          ok(Math.abs(full[i]) <= sparse + WITHIN);
          if (value !== 0) near([full[i]], [-sparse * Math.sign(value)], WITHIN);
        });
      }
      return;
    }
    default:
      for (let j = 0; j < 4; j++) {
        const own = [0, 1, 2].map((k) => w[k * 4 + j]);
        rowCondition(penalty, own, [0, 1, 2].map((k) => full[k * 4 + j]));
      }
  }
}

/**
 * Fused, lasso and a group norm, or some of them, on one feature: the gradient is the negative sum of
 * a subgradient of each. Those of the group and, away from zero, of the lasso are known; the running
 * sums of the rest are what fused pays between neighbours.
 */
function rowCondition(penalty: linear.Penalty, own: number[], slope: number[]): void {
  const strengths = Object.fromEntries(
    (penalty.terms ?? [penalty]).map(({ configuration: { name, strength } }) => [name, strength]),
  ) as Record<string, number>;
  const { fused = 0, lasso = 0, jointFeatures = 0, l1Infinity = 0 } = strengths;
  const length = Math.hypot(...own), largest = Math.max(...own.map(Math.abs));
  if (l1Infinity > 0) {
    // Each norm's subgradient pairs with the row to that norm.
    const rest = own.map((value, k) =>
      value === 0 && lasso > 0
        ? -Math.sign(slope[k]) * Math.max(0, Math.abs(slope[k]) - lasso)
        : -slope[k] - lasso * Math.sign(value)
    );
    const inner = own.reduce((sum, value, k) => sum + value * rest[k], 0);
    near([inner - fused * jumps(own)], [l1Infinity * largest], WITHIN);
    if (fused === 0) {
      ok(rest.reduce((sum, r) => sum + Math.abs(r), 0) <= l1Infinity + WITHIN);
    }
    return;
  }
  if (length === 0) {
    // What fused and lasso leave of the gradient is in the group's ball.
    const left = Float64Array.from(slope, (value) => -value);
    linear.sum(linear.fused(fused), linear.lasso(lasso))
      .bind(linear.layoutOf(1, ["a", "b", "c"])).apply(left, 1);
    ok(Math.hypot(...left) <= jointFeatures + WITHIN);
    return;
  }
  let low = 0, high = 0;
  own.forEach((value, k) => {
    const known = slope[k] + jointFeatures * value / length;
    low += known + (value === 0 ? -lasso : lasso * Math.sign(value));
    high += known + (value === 0 ? lasso : lasso * Math.sign(value));
    const jump = k === 2 ? 0 : own[k + 1] - value;
    const bound = k === 2 ? 0 : fused;
    const least = Math.abs(jump) > 1e-7 ? Math.sign(jump) * bound : -bound;
    const most = Math.abs(jump) > 1e-7 ? Math.sign(jump) * bound : bound;
    ok(low <= most + WITHIN && high >= least - WITHIN, `${low} to ${high}, ${least} to ${most}`);
    low = Math.max(low, least);
    high = Math.min(high, most);
  });
}

function jumps(row: readonly number[]): number {
  return row.slice(1).reduce((sum, value, k) => sum + Math.abs(value - row[k]), 0);
}

function slopeOf(bound: linear.BoundPenalty, w: Float64Array, i: number): number {
  const up = w.slice(), down = w.slice();
  up[i] += 1e-5;
  down[i] -= 1e-5;
  return (bound.value(up) - bound.value(down)) / 2e-5;
}

function noNeighbourIsBetter(
  model: linear.LinearModel,
  data: linear.LinearData,
  penalty: linear.Penalty,
): void {
  const random = new Random(penalty.name);
  const parts = Float64Array.from(model.parts.flatMap((part) => [...part]));
  for (let attempt = 0; attempt < 50; attempt++) {
    const moved = parts.map((value) => value + 10 ** (-4 * random.uniform()) * random.normal());
    const other = new linear.LinearModel({
      tasks: model.tasks,
      features: model.features,
      parts: moved,
      intercepts: model.intercepts.map((c) => c + 0.01 * random.normal()),
      penalty: {},
      report: model.report,
    });
    const value = lossAt(other, data).value + penalty.bind(model.layout).value(moved);
    ok(value >= model.report.objective - 1e-9, `${value} < ${model.report.objective}`);
  }
}
