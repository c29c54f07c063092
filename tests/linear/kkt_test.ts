import { ok } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { penalties } from "./_penalties.ts";
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
  const full = gradient.slice();
  if (bound.quadratic ?? bound.smoothPart) {
    const product = new Float64Array(size);
    (bound.quadratic ?? bound.smoothPart)!.multiply(w, product);
    for (let i = 0; i < size; i++) full[i] += 2 * product[i];
  }
  if (bound.quadratic) {
    near(full, new Array(size).fill(0), WITHIN, "gradient");
    return;
  }
  if (bound.dual) {
    // A norm: dual norm at most 1, and the pair attains the norm.
    const length = bound.dual(full);
    ok(length <= 1 + WITHIN, `dual norm ${length}`);
    const product = new Float64Array(size);
    bound.smoothPart?.multiply(w, product);
    const smooth = product.reduce((sum, p, i) => sum + p * w[i], 0);
    let inner = 0;
    for (let i = 0; i < parts.length; i++) inner -= full[i % size] * parts[i];
    near([inner], [bound.value(parts) - smooth], WITHIN, "inner product");
    return;
  }
  switch (penalty.name) {
    case "clustered":
    case "alternatingStructure":
      // Differentiable away from zero singular values.
      for (let i = 0; i < size; i++) {
        near([full[i] + slopeOf(bound, w, i)], [0], 1e-4, `entry ${i}`);
      }
      return;
    case "fused": {
      // Running sums of the gradient over the tasks are bounded, and extreme at jumps.
      const strength = penalty.configuration.strength as number;
      for (let j = 0; j < 4; j++) {
        let u = 0;
        for (let k = 0; k < 3; k++) {
          u += full[k * 4 + j];
          if (k === 2) near([u], [0], WITHIN);
          else {
            const jump = w[(k + 1) * 4 + j] - w[k * 4 + j];
            ok(Math.abs(u) <= strength + WITHIN);
            if (Math.abs(jump) > 1e-7) near([u], [strength * Math.sign(jump)], WITHIN);
          }
        }
      }
      return;
    }
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
    default: {
      // lasso + a group norm: what the lasso leaves of the gradient is on the group's dual ball, and
      // that group attains its norm.
      const [lasso, group] = penalty.configuration.terms as { name: string; strength: number }[];
      ok(lasso.name === "lasso", `no condition written for ${penalty.name}`);
      for (let j = 0; j < 4; j++) {
        const rest = [0, 1, 2].map((k) => {
          const g = -full[k * 4 + j], own = w[k * 4 + j];
          if (own !== 0) return g - lasso.strength * Math.sign(own);
          return Math.sign(g) * Math.max(0, Math.abs(g) - lasso.strength);
        });
        const own = [0, 1, 2].map((k) => w[k * 4 + j]);
        const inner = own.reduce((sum, value, k) => sum + value * rest[k], 0);
        if (group.name === "jointFeatures") {
          ok(Math.hypot(...rest) <= group.strength + WITHIN);
          near([inner], [group.strength * Math.hypot(...own)], WITHIN);
        } else {
          ok(rest.reduce((sum, r) => sum + Math.abs(r), 0) <= group.strength + WITHIN);
          near([inner], [group.strength * Math.max(...own.map(Math.abs))], WITHIN);
        }
      }
    }
  }
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
