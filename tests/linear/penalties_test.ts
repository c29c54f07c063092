import { ok, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { boxShares } from "../../lib/linear/penalties/_box.ts";
import { spectralOperator } from "../../lib/linear/penalties/_spectral.ts";
import { shrinkDifferences } from "../../lib/linear/penalties/_shrink.ts";
import { thinSvd } from "../../lib/linear/_decompositions.ts";
import { near } from "../_numbers.ts";

const layout = linear.layoutOf(4, ["a", "b", "c"]);

function normals(random: Random, count: number, scale = 1): Float64Array {
  return Float64Array.from({ length: count }, () => scale * random.normal());
}

function applied(
  penalty: linear.Penalty,
  features: number,
  w: readonly number[],
  step = 1,
): number[] {
  const tasks = Array.from({ length: w.length / features }, (_, k) => `t${k}`);
  const out = Float64Array.from(w);
  penalty.bind(linear.layoutOf(features, tasks)).apply(out, step);
  return [...out];
}

Deno.test("published values of proximal operators", () => {
  // One feature, two tasks: the row (3, 4).
  near(applied(linear.jointFeatures(1), 1, [3, 4]), [2.4, 3.2], 1e-12);
  near(applied(linear.jointFeatures(1), 1, [0.3, 0.4]), [0, 0], 0);
  near(applied(linear.jointFeatures(1), 1, [0, 0]), [0, 0], 0);
  near(applied(linear.traceNorm(1.5), 2, [3, 0, 0, 1]), [1.5, 0, 0, 0], 1e-12);
  near(applied(linear.traceNorm(1), 2, [1, 2, 2, 1]), [1, 1, 1, 1], 1e-12);
  near(applied(linear.lasso(1), 2, [2, -0.5]), [1, 0], 0);
  near(applied(linear.fused(1), 1, [0, 4]), [1, 3], 1e-12);
  near(applied(linear.l1Infinity(1), 1, [3, -1]), [2, -1], 1e-12);
});

Deno.test("mean-regularised in one dimension: (1, 3) with strength ½ goes to (1.5, 2.5)", () => {
  const data = linear.LinearData.of({
    low: { inputs: [[1]], targets: [1] },
    high: { inputs: [[1]], targets: [3] },
  });
  const model = linear.fit(data, { penalty: linear.meanRegularised(0.5), intercept: false });
  near(model.coefficients, [1.5, 2.5], 1e-8);
});

Deno.test("the shared vector of mean-regularised is minimised out", () => {
  const w = [1, -2, 4, 0.5, 3, 1];
  const bound = linear.meanRegularised(0.7, { shared: 0.2 })
    .bind(linear.layoutOf(2, ["a", "b", "c"]));
  const cost = (w0: number[]) =>
    0.2 * (w0[0] ** 2 + w0[1] ** 2) +
    0.7 * w.reduce((sum, value, i) => sum + (value - w0[i % 2]) ** 2, 0);
  let best = Infinity;
  for (let a = -3; a <= 3; a += 0.01) {
    for (let b = -3; b <= 3; b += 0.01) best = Math.min(best, cost([a, b]));
  }
  const value = bound.value(Float64Array.from(w));
  ok(value <= best && best - value < 1e-3, `${value} ${best}`);
});

Deno.test("total variation agrees with its optimality conditions on long series", () => {
  const random = new Random("fused");
  for (let attempt = 0; attempt < 50; attempt++) {
    const count = 2 + random.integer(60);
    const y = normals(random, count, 3);
    // Ties and constant stretches too.
    if (attempt % 3 === 0) {
      for (let i = 1; i < count; i++) if (random.uniform() < 0.5) y[i] = y[i - 1];
    }
    const strength = 4 * random.uniform() ** 2;
    const x = y.slice();
    shrinkDifferences(x, strength);
    // y - x is the divergence of u with |u| ≤ strength, at ±strength where x jumps.
    let u = 0;
    for (let i = 0; i < count; i++) {
      u += y[i] - x[i];
      if (i === count - 1) {
        near([u], [0], 1e-9);
        break;
      }
      const jump = x[i + 1] - x[i];
      ok(Math.abs(u) <= strength + 1e-9, `${u} beyond ${strength}`);
      if (Math.abs(jump) > 1e-9) near([u], [-strength * Math.sign(jump)], 1e-9);
    }
  }
});

Deno.test("box shares keep their bounds and cannot be bettered", () => {
  const random = new Random("box");
  for (let attempt = 0; attempt < 100; attempt++) {
    const sigma = normals(random, 6).map(Math.abs);
    if (attempt % 4 === 0) sigma[0] = 0;
    const total = 1 + random.integer(5), shift = 0.01 + random.uniform();
    const theta = boxShares(sigma, shift, total);
    ok(theta.every((share) => share >= 0 && share <= 1));
    ok(theta.reduce((sum, share) => sum + share, 0) <= total + 1e-9);
    const cost = (t: Float64Array) => sigma.reduce((sum, s, i) => sum + s * s / (shift + t[i]), 0);
    // Moving a little share between two never helps.
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) {
        const move = Math.min(1e-3, theta[a], 1 - theta[b]);
        const other = theta.slice();
        other[a] -= move;
        other[b] += move;
        ok(cost(other) >= cost(theta) - 1e-9);
      }
    }
  }
});

Deno.test("spectral operators keep small singular values exact", () => {
  // Singular values 1 and 1e-7: a Gram matrix alone would lose the second.
  const v = Float64Array.of(1, 0, 0, 1e-7, 0, 0);
  spectralOperator(3, 2)(v, (singular) => singular.map((s) => 2 * s));
  near(v, [2, 0, 0, 2e-7, 0, 0], 1e-14);
});

Deno.test("spectral operators that remember their directions stay as exact as new ones", () => {
  for (const [rows, columns] of [[7, 12], [12, 7], [70, 66], [5, 5]]) {
    const random = new Random(`spectral ${rows}`);
    const rolling = spectralOperator(rows, columns);
    const shrink = (singular: Float64Array) => singular.map((s) => Math.max(0, s - 1.5));
    const point = normals(random, rows * columns);
    for (let step = 0; step < 30; step++) {
      // Small moves, now and then a large one, and once a matrix of low rank.
      const far = step % 10 === 9 ? 3 : 0.05;
      for (let i = 0; i < point.length; i++) point[i] += far * random.normal();
      if (step === 20) point.fill(0, columns);
      const a = point.slice(), b = point.slice();
      rolling(a, shrink);
      const { singular, left, right } = thinSvd(b, rows, columns);
      b.fill(0);
      shrink(singular).forEach((s, i) => {
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++) {
            b[r * columns + c] += s * left[i * rows + r] * right[i * columns + c];
          }
        }
      });
      near(a, [...b], 1e-11, `step ${step}`);
    }
  }
});

Deno.test("clustered equals its definition: a minimum over M", () => {
  const w = normals(new Random("cmtl"), 8);
  const value = linear.clustered(1, { outside: 2, overall: 0.5 })
    .bind(linear.layoutOf(4, ["a", "b"])).value(w);
  const eta = 0.25, strength = 2 * eta * (1 + eta);
  let best = Infinity;
  const inner = (a: number, b: number) =>
    [0, 1, 2, 3].reduce((sum, j) => sum + w[a * 4 + j] * w[b * 4 + j], 0);
  const [s00, s01, s11] = [inner(0, 0), inner(0, 1), inner(1, 1)];
  // All M = R diag(m, 1 - m) Rᵀ.
  for (let angle = 0; angle < Math.PI; angle += 0.002) {
    for (let m = 0.5; m <= 1; m += 0.005) {
      const c = Math.cos(angle), s = Math.sin(angle);
      const along = c * c * s00 + 2 * c * s * s01 + s * s * s11;
      const across = s * s * s00 - 2 * c * s * s01 + c * c * s11;
      best = Math.min(best, strength * (along / (eta + m) + across / (eta + 1 - m)));
    }
  }
  ok(value <= best + 1e-9 && best - value < 1e-2 * value, `${value} ${best}`);
});

Deno.test("correlation edges tie tasks that go together, with their sign", () => {
  const edges = linear.correlationEdges({
    a: [1, 2, 3, 4],
    b: [2, 4, 6, 8.1],
    c: [4, 3, 2, 1],
    d: [1, -1, -1, 1],
    e: [5, 5, 5, 5],
  });
  strictEqual(edges.length, 3);
  ok(edges[0].from === "a" && edges[0].to === "b" && edges[0].weight! > 0.99);
  ok(edges[1].from === "a" && edges[1].to === "c" && edges[1].weight! < -0.99);
});

Deno.test("penalties that cannot work are refused in a sentence", () => {
  throws(
    () => linear.lasso(-1),
    /strength of lasso must be a finite number of at least 0, but is -1/,
  );
  throws(() => linear.traceNorm(NaN), /strength of traceNorm/);
  throws(() => linear.clustered(0, { outside: 1, overall: 1 }), /at least 1 cluster/);
  throws(
    () => linear.sum(linear.lasso(1), linear.traceNorm(1)).bind(layout),
    /lasso \+ traceNorm does not split: .*superpose/,
  );
  throws(() => linear.sum(linear.fused(1), linear.taskGroups(1)).bind(layout), /does not split/);
  throws(
    () => linear.sum(linear.jointFeatures(1), linear.l1Infinity(1)).bind(layout),
    /does not split/,
  );
  throws(
    () => linear.graph(1, [{ from: "a", to: "z" }]).bind(layout),
    /edge from "a" to "z".*two of the tasks/,
  );
  throws(
    () => linear.superpose(linear.elasticNet(1, 1), linear.traceNorm(1)).bind(layout),
    /superpose takes penalties with a proximal operator of their own/,
  );
  throws(
    () => linear.temporal(1).bind(linear.layoutOf(2, ["a", "b"], [1, 3])),
    /temporal ties tasks column by column, but "a" has 1 and "b" has 3/,
  );
});
