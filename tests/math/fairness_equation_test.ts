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
