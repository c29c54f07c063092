import { ok } from "node:assert/strict";
import { Matrix, pseudoInverse } from "ml-matrix";
import { minimizeAboveBounds, minimizeNonNegative } from "../../lib/math/bounded_quadratic.ts";
import { gramianOf, matrixTimesVector, quadraticForm } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { normalRows, rowsOfRank, stationaryRows, subsets } from "./_matrices.ts";

/** The minimum by trying every set of weights above their bounds. */
function slowMinimum(gramian: number[][], lower: number[]): number {
  let best = quadraticForm(gramian, lower);
  const base = matrixTimesVector(gramian, lower);
  for (const support of subsets(gramian.length)) {
    const block = new Matrix(support.map((i) => support.map((j) => gramian[i][j])));
    const right = Matrix.columnVector(support.map((i) => -base[i]));
    const excess = pseudoInverse(block).mmul(right).to1DArray();
    if (excess.some((value) => value < -1e-12)) continue;
    const weights = lower.slice();
    support.forEach((i, position) => weights[i] += excess[position]);
    best = Math.min(best, quadraticForm(gramian, weights));
  }
  return best;
}

function assertOptimal(gramian: number[][], lower: number[], tolerance: number) {
  const { weights, violation, converged } = minimizeAboveBounds(gramian, lower);
  const length = Math.sqrt(Math.max(...gramian.map((row, i) => row[i])));
  ok(converged);
  ok(weights.every((weight, i) => weight >= lower[i]));
  ok(violation <= tolerance * length, `violation ${violation} of ${length}`);
  const gradient = matrixTimesVector(gramian, weights);
  gradient.forEach((slope, i) => {
    const scale = Math.sqrt(gramian[i][i]) * length;
    ok(slope >= -tolerance * scale);
    ok(weights[i] === lower[i] || Math.abs(slope) <= tolerance * scale);
  });
  return quadraticForm(gramian, weights);
}

Deno.test("minimizeAboveBounds agrees with trying every set", () => {
  const random = new Random(11);
  for (let trial = 0; trial < 60; trial++) {
    const count = 1 + random.integer(5);
    const gramian = gramianOf(normalRows(random, count, 6));
    const lower = Array.from({ length: count }, () => random.uniform());
    const fast = assertOptimal(gramian, lower, 1e-12);
    ok(Math.abs(fast - slowMinimum(gramian, lower)) <= 1e-9 * (1 + fast));
  }
});

Deno.test("minimizeAboveBounds proves its minimum for up to 500 weights", () => {
  const random = new Random(12);
  for (const [rows, columns] of [[5, 7], [32, 114], [50, 100], [500, 600]]) {
    const gramian = gramianOf(normalRows(random, rows, columns));
    assertOptimal(gramian, new Array(rows).fill(1 / rows), 1e-11);
  }
});

Deno.test("minimizeAboveBounds takes singular matrices and every scale", () => {
  const random = new Random(13);
  for (let rank = 1; rank < 20; rank += 3) {
    const lower = new Array(20).fill(0.05);
    assertOptimal(gramianOf(rowsOfRank(random, 20, 100, rank)), lower, 1e-10);
    const stationary = gramianOf(stationaryRows(random, 20, 100, rank));
    ok(assertOptimal(stationary, lower, 1e-10) <= 1e-20 + 1e-12 * stationary[0][0]);
  }
  const rows = normalRows(random, 9, 11);
  const lower = [1, 0, 0, 0, 0, 0, 0, 0, 0];
  const expected = minimizeAboveBounds(gramianOf(rows), lower).weights;
  for (const scale of [1e-10, 1e3, 1e15]) {
    const gramian = gramianOf(rows.map((row) => row.map((v) => v * scale)));
    minimizeAboveBounds(gramian, lower).weights.forEach((weight, i) =>
      ok(Math.abs(weight - expected[i]) < 1e-10)
    );
  }
});

Deno.test("minimizeNonNegative fulfils its conditions, and says where there is no minimum", () => {
  const random = new Random(35);
  for (const [rows, columns] of [[1, 3], [4, 9], [30, 50], [200, 300]]) {
    const matrix = gramianOf(normalRows(random, rows, columns));
    const linear = Array.from({ length: rows }, () => 10 * random.normal());
    const { weights, gradient, converged } = minimizeNonNegative(matrix, linear);
    ok(converged);
    matrixTimesVector(matrix, weights).forEach((product, i) => {
      ok(Math.abs(gradient[i] - product - linear[i]) < 1e-8);
      ok(weights[i] >= 0 && gradient[i] > -1e-8 && Math.abs(weights[i] * gradient[i]) < 1e-7);
    });
  }
  // Two opposite half spaces that do not meet.
  ok(!minimizeNonNegative([[1, -1], [-1, 1]], [-0.1, -0.1]).converged);
});

Deno.test("one raised bound among many: the minimum is proved after a few steps", () => {
  const random = new Random(14);
  for (const [rows, columns] of [[100, 200], [100, 100]]) {
    const gramian = gramianOf(normalRows(random, rows, columns));
    for (const task of [0, 41, 99]) {
      const lower = gramian.map((_, index) => index === task ? 0.3 : 0);
      assertOptimal(gramian, lower, 1e-12);
      const { iterations } = minimizeAboveBounds(gramian, lower);
      ok(iterations <= 12, `${iterations} iterations`);
    }
  }
  // Below full rank the guess is worse, the minimum is not.
  const gramian = gramianOf(rowsOfRank(random, 80, 100, 30));
  assertOptimal(gramian, gramian.map((_, index) => index === 5 ? 1 : 0), 1e-9);
});
