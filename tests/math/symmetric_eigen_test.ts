import { deepStrictEqual, ok } from "node:assert/strict";
import { dot, gramianOf, matrixTimesVector } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { symmetricEigen } from "../../lib/math/symmetric_eigen.ts";
import { normalRows } from "./_matrices.ts";

Deno.test("symmetricEigen gives orthonormal eigenvectors at every scale", () => {
  const random = new Random(31);
  for (const scale of [1e-20, 1, 1e30]) {
    const matrix = gramianOf(normalRows(random, 12, 9)).map((row) => row.map((v) => v * scale));
    const { values, vectors } = symmetricEigen(matrix);
    values.forEach((value, i) => {
      if (i > 0) ok(value >= values[i - 1]);
      matrixTimesVector(matrix, vectors[i]).forEach((entry, j) =>
        ok(Math.abs(entry - value * vectors[i][j]) <= 1e-12 * values[11])
      );
      vectors.forEach((other, j) =>
        ok(Math.abs(dot(vectors[i], other) - (i === j ? 1 : 0)) < 1e-12)
      );
    });
  }
});

Deno.test("symmetricEigen of zeros is zeros and the unit vectors", () => {
  deepStrictEqual(symmetricEigen([[0, 0], [0, 0]]), { values: [0, 0], vectors: [[1, 0], [0, 1]] });
});
