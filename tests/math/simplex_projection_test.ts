import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import { projectOntoSimplex } from "../../lib/math/simplex_projection.ts";

Deno.test("projectOntoSimplex gives the known point", () => {
  const point = projectOntoSimplex([0.5, 1.2, -0.3]);
  [0.15, 0.85, 0].forEach((value, index) => ok(Math.abs(point[index] - value) < 1e-15));
  deepStrictEqual(projectOntoSimplex([3]), [1]);
  deepStrictEqual(projectOntoSimplex([0.25, 0.75]), [0.25, 0.75]);
});

Deno.test("projectOntoSimplex meets the optimality conditions on random vectors", () => {
  const random = new Random(3);
  for (let trial = 0; trial < 200; trial++) {
    const vector = Array.from({ length: 1 + random.integer(20) }, () => 3 * random.normal());
    const point = projectOntoSimplex(vector, 2);
    ok(Math.abs(point.reduce((a, b) => a + b) - 2) < 1e-12);
    // The same number is taken off every positive entry, and at least the entry off the others.
    const shifts = point.flatMap((value, i) => value > 0 ? [vector[i] - value] : []);
    ok(Math.max(...shifts) - Math.min(...shifts) < 1e-12);
    point.forEach((value, i) => ok(value > 0 || vector[i] <= shifts[0] + 1e-12));
  }
});

Deno.test("projectOntoSimplex says what is wrong with its input", () => {
  throws(() => projectOntoSimplex([]), /empty vector/);
  throws(() => projectOntoSimplex([NaN]), /finite/);
  throws(() => projectOntoSimplex([1], 0), /above 0/);
});
