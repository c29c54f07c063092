import { ok } from "node:assert/strict";
import { solveFairness } from "../../lib/math/fairness_equation.ts";
import { gramianOf, matrixTimesVector } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { improvableRows, normalRows, rowsOfRank, stationaryRows } from "./_matrices.ts";

Deno.test("solveFairness agrees with the closed form for two tasks", () => {
  const random = new Random(21);
  for (let trial = 0; trial < 100; trial++) {
    const rows = normalRows(random, 2, 5);
    const scale = 10 ** (16 * random.uniform() - 8);
    rows[0] = rows[0].map((value) => value * scale);
    const [[a, b], [, c]] = gramianOf(rows);
    const cosine = b / Math.sqrt(a) / Math.sqrt(c);
    const { weights, converged } = solveFairness([[a, b], [b, c]], 1);
    ok(converged);
    [a, c].forEach((square, i) => {
      const expected = 1 / Math.sqrt(square * (1 + cosine));
      ok(Math.abs(weights[i] / expected - 1) < 1e-9, `${weights[i]} ${expected}`);
    });
  }
});

Deno.test("the closed form for two tasks is what Newton's method finds", () => {
  const random = new Random(26);
  for (let trial = 0; trial < 50; trial++) {
    const [[a, b], [, c]] = gramianOf(normalRows(random, 2, 3));
    const closed = solveFairness([[a, b], [b, c]], 1);
    // A third task that has nothing to do with the two keeps the closed form away.
    const found = solveFairness([[a, b, 0], [b, c, 0], [0, 0, 4]], 1);
    ok(closed.iterations === 0 && found.iterations > 0 && found.converged);
    [...closed.weights, 0.5].forEach((weight, i) =>
      ok(Math.abs(found.weights[i] / weight - 1) < 1e-9, `${found.weights} ${closed.weights}`)
    );
  }
});

Deno.test("solveFairness solves its equation for many powers, sizes and scales", () => {
  const random = new Random(22);
  for (const power of [0.5, 1, 2, 10]) {
    for (const [rows, columns] of [[3, 8], [20, 100], [60, 200]]) {
      for (const scale of [1e-10, 1, 1e15]) {
        const matrix = normalRows(random, rows, columns).map((row) => row.map((v) => v * scale));
        const gramian = gramianOf(matrix);
        const { weights, residual, converged } = solveFairness(gramian, power);
        ok(converged, `power ${power}, ${rows} tasks, scale ${scale}: residual ${residual}`);
        matrixTimesVector(gramian, weights).forEach((product, i) =>
          ok(Math.abs(product * weights[i] ** power - 1) < 1e-9)
        );
      }
    }
  }
});

Deno.test("solveFairness takes 500 tasks and singular matrices that leave a way out", () => {
  const random = new Random(23);
  ok(solveFairness(gramianOf(normalRows(random, 500, 900)), 1).converged);
  ok(solveFairness(gramianOf(improvableRows(random, 20, 100, 7)), 1).converged);
  ok(solveFairness([[2, 2], [2, 2]], 1).converged);
});

Deno.test("solveFairness says when there is no finite solution", () => {
  const random = new Random(24);
  ok(!solveFairness([[1, -1], [-1, 1]], 1).converged);
  ok(!solveFairness(gramianOf(stationaryRows(random, 20, 100, 12)), 1).converged);
  ok(!solveFairness(gramianOf(stationaryRows(random, 6, 8, 5)), 10).converged);
  ok(solveFairness(gramianOf(rowsOfRank(random, 4, 9, 4)), 1).converged);
});

Deno.test("solveFairness takes few steps near stationary points, rounded in float32 or not", () => {
  const random = new Random(25);
  for (const [tasks, columns] of [[3, 12], [40, 100], [500, 600]]) {
    for (const power of tasks === 500 ? [1] : [0.5, 1, 2]) {
      for (const distance of tasks === 500 ? [1e-6] : [1e-4, 1e-6, 0]) {
        const rows = stationaryRows(random, tasks, columns, tasks - 1)
          .map((row) => row.map((value) => value + distance * random.normal()));
        for (const rounding of tasks === 500 ? [2 ** -23] : [0, 2 ** -23]) {
          const gramian = gramianOf(rows);
          gramian.forEach((row, i) => {
            for (let j = 0; j < i; j++) {
              row[j] += rounding * Math.sqrt(row[i] * gramian[j][j]) * random.normal();
              gramian[j][i] = row[j];
            }
          });
          const { iterations, weights, converged, residual } = solveFairness(gramian, power);
          const name = `${tasks} tasks, power ${power}, ${distance} away, rounding ${rounding}`;
          ok(iterations <= 40, `${name}: ${iterations} steps`);
          ok(weights.every((weight) => weight > 0 && Number.isFinite(weight)), name);
          ok(converged === residual <= 1e-7, name);
          if (rounding === 0 && distance === 1e-4) ok(converged, name);
          if (rounding === 0 && distance === 0) ok(!converged, name);
        }
      }
    }
  }
});

Deno.test("solveFairness reads off the solution for two tasks and power 1", () => {
  const { weights, iterations, converged } = solveFairness([[1, -1 + 1e-6], [-1 + 1e-6, 1]], 1);
  ok(converged && iterations === 0);
  for (const weight of weights) ok(Math.abs(weight / 1000 - 1) < 1e-9);
  const opposite = solveFairness([[4, -2], [-2, 1]], 1);
  ok(!opposite.converged && opposite.weights.every((weight) => weight > 0));
});
