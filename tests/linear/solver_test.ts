import { ok, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import { largestEigenvalue, symmetricEigen } from "../../lib/linear/_decompositions.ts";
import { gramOfRows } from "../../lib/linear/_matrix.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";

Deno.test("the bound of the largest eigenvalue holds, also where the power method sees another", () => {
  const random = new Random("bound");
  for (let attempt = 0; attempt < 30; attempt++) {
    const size = 1 + random.integer(8);
    const rows = Float64Array.from({ length: size * size }, () => random.normal());
    const gram = gramOfRows(rows, size, size);
    const { estimate, bound } = largestEigenvalue(gram, size);
    const { values } = symmetricEigen(gram, size);
    const largest = values[values.length - 1];
    ok(bound >= largest * (1 - 1e-12), `${bound} < ${largest}`);
    ok(estimate <= bound && estimate <= 1.001 * largest * (1 + 1e-12));
  }
  // The method starts with (13, 15) / 13, to which the leading direction (15, -13) is orthogonal.
  const hidden = hiddenDirection();
  const { estimate, bound } = largestEigenvalue(gramOfRows(hidden, 2, 2), 2);
  ok(estimate < 1.01 && bound > 100, `${estimate} ${bound}`);
});

Deno.test("a step that the first guess makes too long is shortened, whatever the guess", () => {
  // Rows of inputs along both directions of the matrix above.
  const random = new Random("hidden");
  const hidden = hiddenDirection();
  const inputs: number[][] = [], targets: number[] = [];
  for (const [x, y] of [[hidden[0], hidden[2]], [hidden[1], hidden[3]]]) {
    inputs.push([x, y], [-x, -y]);
    const target = random.normal();
    targets.push(target, -target);
  }
  const data = linear.LinearData.of({ a: { inputs, targets } });
  const penalty = linear.lasso(0.01);
  const exact = linear.fit(data, { penalty, tolerance: 1e-12 });
  const model = linear.fit(data, { penalty, tolerance: 1e-12, solver: "fista" });
  strictEqual(model.report.reason, "converged");
  near(model.coefficients, [...exact.coefficients], 1e-8);
});

Deno.test("the solver finds its first step itself", () => {
  const curvature = [1, 100, 0.01];
  const { x, report } = linear.fista({
    size: 3,
    lipschitzBound: Infinity,
    evaluate(x, gradient) {
      let value = 0;
      x.forEach((xi, i) => {
        value += curvature[i] * (xi - i) ** 2 / 2;
        if (gradient) gradient[i] = curvature[i] * (xi - i);
      });
      return value;
    },
  }, { apply: () => {}, value: () => 0 });
  strictEqual(report.reason, "converged");
  near(x, [0, 1, 2], 1e-3);
});

Deno.test("the calibrated loss takes about as many steps as others, however small its floor", () => {
  const { data } = linear.generateTasks({
    tasks: 5,
    features: 30,
    rows: 40,
    structure: "support",
    size: 5,
    noise: 0.5,
    seed: 1,
  });
  for (const penalty of [linear.lasso(0.3), linear.traceNorm(0.3)]) {
    for (const floor of [1e-2, 1e-3, 1e-5]) {
      const loss = linear.calibrated({ floor });
      const { report } = linear.fit(data, { penalty, loss, tolerance: 1e-6 });
      strictEqual(report.reason, "converged");
      ok(report.iterations < 400, `${penalty.name}, floor ${floor}: ${report.iterations}`);
    }
  }
});

Deno.test("strengths that are no numbers are refused, not replaced", () => {
  const data = linear.LinearData.of({
    a: { inputs: [[1e200], [-1e200]], targets: [1e200, -1e200] },
  });
  throws(() => linear.strengthsFor(data, { penalty: linear.lasso }), /"lasso" become zero is NaN/);
  const usual = linear.LinearData.of({ a: { inputs: [[1], [2]], targets: [1, 2] } });
  throws(
    () => linear.strengthsFor(usual, { penalty: () => linear.lasso(0) }),
    /"lasso" become zero is Inf.*strengths of zero/,
  );
});

/** Rows `[2, 2]` whose Gram matrix has eigenvalue 100 along (15, -13) and 1 along (13, 15). */
function hiddenDirection(): Float64Array {
  const length = Math.hypot(13, 15);
  const [a, b] = [15 / length, -13 / length];
  return Float64Array.of(10 * a, -b, 10 * b, a);
}
