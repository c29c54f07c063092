import { ok } from "node:assert/strict";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";

// Two losses x_i^2 with orthogonal gradients, and a pair of quadratics that pull apart.
Deno.test("mean and UPGrad follow the closed form on two separate squares", () => {
  for (const method of ["mean", "upgrad"] as const) {
    const balancer = jacobianMethods[method]();
    let x = [3, -2];
    for (let step = 0; step < 50; step++) {
      const update = balancer.combine([[2 * x[0], 0], [0, 2 * x[1]]]);
      x = x.map((value, i) => value - 0.075 * update[i]);
    }
    const factor = 0.925 ** 50;
    [3, -2].forEach((start, i) => ok(Math.abs(x[i] - start * factor) < 1e-12));
    ok(Math.abs(x[0] - 0.06084262) < 1e-8 && Math.abs(x[1] + 0.04056175) < 1e-8);
  }
});

/** Gradients of `(x - u)' A (x - u) / 2` for two quadratics. */
function conflictingQuadratics(x: readonly number[]): number[][] {
  const matrices = [[[1, 0.2], [0.2, 0.05]], [[3, -0.6], [-0.6, 0.2]]];
  const centers = [[1, 0], [-1, 0]];
  return matrices.map((matrix, task) =>
    matrix.map((row) => row.reduce((sum, value, i) => sum + value * (x[i] - centers[task][i]), 0))
  );
}

Deno.test("methods that hurt no task end where two quadratics are in balance", () => {
  for (const method of ["mgda", "upgrad", "dualproj", "nash-mtl", "imtl-g"] as const) {
    const balancer = jacobianMethods[method]();
    let x = [2, 8];
    for (let step = 0; step < 4000; step++) {
      const update = balancer.combine(conflictingQuadratics(x));
      x = x.map((value, i) => value - 0.02 * update[i]);
    }
    // Balance: some convex combination of the gradients vanishes, so they point against each other.
    const [first, second] = conflictingQuadratics(x);
    const lengths = [first, second].map((row) => Math.hypot(...row));
    const cosine = (first[0] * second[0] + first[1] * second[1]) / (lengths[0] * lengths[1]);
    ok(cosine < -0.999 || Math.min(...lengths) < 1e-3, `${method}: cosine ${cosine} at [${x}]`);
  }
});
