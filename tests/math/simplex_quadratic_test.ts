import { deepStrictEqual, ok } from "node:assert/strict";
import { Matrix, solve } from "ml-matrix";
import { gramianOf, matrixTimesVector, quadraticForm } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { minimizeOnSimplex } from "../../lib/math/simplex_quadratic.ts";
import { normalRows, rowsOfRank, stationaryRows, subsets } from "./_matrices.ts";

/** The minimum by trying every support. */
function slowMinimum(gramian: number[][]): number {
  let best = Infinity;
  for (const support of subsets(gramian.length)) {
    const size = support.length;
    const system = Matrix.zeros(size + 1, size + 1);
    support.forEach((i, row) => {
      support.forEach((j, column) => system.set(row, column, gramian[i][j]));
      system.set(row, size, 1);
      system.set(size, row, 1);
    });
    const right = Matrix.zeros(size + 1, 1);
    right.set(size, 0, 1);
    const solution = solve(system, right, true).to1DArray().slice(0, size);
    if (solution.some((value) => value < -1e-12)) continue;
    if (Math.abs(solution.reduce((a, b) => a + b) - 1) > 1e-9) continue;
    const weights = new Array(gramian.length).fill(0);
    support.forEach((i, row) => weights[i] = solution[row]);
    best = Math.min(best, quadraticForm(gramian, weights));
  }
  return best;
}

function assertOptimal(gramian: number[][], tolerance: number) {
  const { weights, value, gap, converged } = minimizeOnSimplex(gramian);
  const scale = Math.max(...gramian.map((row, i) => row[i]));
  ok(converged);
  ok(weights.every((weight) => weight >= 0));
  ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
  const products = matrixTimesVector(gramian, weights);
  const least = Math.min(...products);
  ok(Math.abs(value - least - gap) <= 1e-12 * scale);
  ok(value - least <= tolerance * scale, `gap ${value - least}`);
  return value;
}

Deno.test("minimizeOnSimplex agrees with the closed form for two points", () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const scale = 10 ** (20 * random.uniform() - 10);
    const rows = normalRows(random, 2, 3).map((row, i) => row.map((v) => i === 0 ? v * scale : v));
    const [[a, b], [, c]] = gramianOf(rows);
    const first = Math.min(Math.max((c - b) / (a + c - 2 * b), 0), 1);
    const { weights } = minimizeOnSimplex([[a, b], [b, c]]);
    ok(Math.abs(weights[0] - first) <= 1e-12 * Math.max(first, 1e-3), `${weights} ${first}`);
  }
});

Deno.test("minimizeOnSimplex agrees with trying every support", () => {
  const random = new Random(2);
  for (let trial = 0; trial < 60; trial++) {
    const count = 2 + random.integer(4);
    const gramian = gramianOf(normalRows(random, count, 6));
    const fast = minimizeOnSimplex(gramian).value;
    ok(Math.abs(fast - slowMinimum(gramian)) <= 1e-10);
  }
});

Deno.test("minimizeOnSimplex proves its minimum for up to 500 points", () => {
  const random = new Random(4);
  for (const [rows, columns] of [[5, 7], [9, 37], [2, 14], [32, 114], [50, 100], [500, 700]]) {
    ok(assertOptimal(gramianOf(normalRows(random, rows, columns)), 1e-13) > 0);
  }
});

Deno.test("minimizeOnSimplex takes singular matrices and finds 0 at stationary points", () => {
  const random = new Random(5);
  for (let rank = 1; rank < 20; rank += 3) {
    assertOptimal(gramianOf(rowsOfRank(random, 20, 10 + 90 * (rank > 9 ? 1 : 0), rank)), 1e-12);
    const stationary = gramianOf(stationaryRows(random, 20, 100, rank));
    ok(assertOptimal(stationary, 1e-12) <= 1e-14);
  }
  ok(assertOptimal(gramianOf(normalRows(random, 500, 40)), 1e-12) <= 1e-12);
});

Deno.test("minimizeOnSimplex scales with its matrix, and keeps its precision for unequal rows", () => {
  const random = new Random(6);
  const rows = normalRows(random, 9, 11);
  const expected = minimizeOnSimplex(gramianOf(rows)).weights;
  for (const scale of [1e-10, 1e3, 1e15]) {
    const { weights } = minimizeOnSimplex(gramianOf(rows.map((row) => row.map((v) => v * scale))));
    weights.forEach((weight, i) => ok(Math.abs(weight - expected[i]) < 1e-12));
  }
  // One tiny gradient: the minimum is that gradient, made shorter by the others.
  const { weights, converged } = minimizeOnSimplex([[1, -1e-9, 0], [-1e-9, 1e-16, 0], [0, 0, 1]]);
  ok(converged);
  const exact = (1e-16 + 1e-9) / (1 + 1e-16 + 2e-9);
  ok(Math.abs(weights[0] / exact - 1) < 1e-9, `${weights[0]} ${exact}`);
});

Deno.test("minimizeOnSimplex handles one point, equal points and zero points", () => {
  deepStrictEqual(minimizeOnSimplex([[4]]).weights, [1]);
  deepStrictEqual(minimizeOnSimplex([[0, 0], [0, 5]]).weights, [1, 0]);
  const { value } = minimizeOnSimplex([[2, 2, 2], [2, 2, 2], [2, 2, 2]]);
  ok(Math.abs(value - 2) < 1e-14);
});
