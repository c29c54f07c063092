import { ok } from "node:assert/strict";
import { gramianMethods } from "../../lib/balancing/gramian/mod.ts";
import { pcgradWeights } from "../../lib/balancing/gramian/pcgrad.ts";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";
import type { GramianBalancer, JacobianBalancer } from "../../lib/balancing/balancer.ts";
import { gramianOf, matrixTimesVector, weightedSum } from "../../lib/math/matrix.ts";
import { conformance } from "./_conformance.ts";

function assertClose(found: readonly number[], expected: readonly number[], tolerance: number) {
  ok(
    found.length === expected.length &&
      expected.every((value, i) => Math.abs(found[i] - value) <= tolerance),
    `found [${found.join(", ")}], expected [${expected.join(", ")}]`,
  );
}

const gramian = gramianMethods as Record<string, (options?: never) => GramianBalancer>;
const jacobian = jacobianMethods as Record<string, (options?: never) => JacobianBalancer>;

for (const { name, method, options, orders, steps, tolerance } of conformance.gradientMethods) {
  if (orders) {
    Deno.test(`${name} (given orders)`, () => {
      const { jacobian, weights, gains, update } = steps[0];
      const found = pcgradWeights(gramianOf(jacobian!), orders);
      assertClose(found, weights!, tolerance);
      const direction = weightedSum(jacobian!, found);
      if (update) assertClose(direction, update, tolerance);
      if (gains) assertClose(matrixTimesVector(jacobian!, direction), gains, tolerance);
    });
    continue;
  }
  if (method in gramian) {
    Deno.test(`${name} (Gramian)`, () => {
      const balancer = gramian[method](options as never);
      for (const { jacobian, losses, weights, update, gains } of steps) {
        const found = balancer.weights(gramianOf(jacobian!), undefined, { losses });
        if (weights) assertClose(found, weights, tolerance);
        const direction = weightedSum(jacobian!, found);
        if (update) assertClose(direction, update, tolerance);
        if (gains) assertClose(matrixTimesVector(jacobian!, direction), gains, tolerance);
      }
    });
  }
  Deno.test(`${name} (Jacobian)`, () => {
    const balancer = jacobian[method](options as never);
    for (const { jacobian, losses, weights, update } of steps) {
      const found = balancer.combine(jacobian!, undefined, { losses });
      if (update) assertClose(found, update, tolerance);
      const reported = balancer.report?.().weights;
      if (weights && reported) assertClose(reported, weights, tolerance);
    }
  });
}
