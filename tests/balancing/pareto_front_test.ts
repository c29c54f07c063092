import { ok, throws } from "node:assert/strict";
import type { GramianBalancer } from "../../lib/balancing/balancer.ts";
import { mgda, paretoMtl, sumGradient } from "../../lib/balancing/mod.ts";
import { gramianOf, weightedSum } from "../../lib/math/matrix.ts";

/** Fonseca's problem in d dimensions: a concave front between the points -1/sqrt(d) and 1/sqrt(d). */
function evaluate(x: readonly number[]) {
  const center = 1 / Math.sqrt(x.length);
  const sides = [1, -1].map((side) => {
    const away = x.map((value) => value - side * center);
    const fall = Math.exp(-away.reduce((sum, value) => sum + value * value, 0));
    return { loss: 1 - fall, gradient: away.map((value) => 2 * value * fall) };
  });
  return { losses: sides.map(({ loss }) => loss), jacobian: sides.map(({ gradient }) => gradient) };
}

function descend(start: readonly number[], balancer: GramianBalancer, steps = 2000) {
  balancer.reset?.(["first", "second"]);
  let x = [...start];
  for (let step = 0; step < steps; step++) {
    const { losses, jacobian } = evaluate(x);
    const weights = balancer.weights(gramianOf(jacobian), undefined, { losses });
    const update = weightedSum(jacobian, weights);
    x = x.map((value, i) => value - 0.02 * update[i]);
  }
  return evaluate(x).losses;
}

/** On the front the two square roots of `-log(1 - loss)` add up to the distance of the ends, 2. */
function offFront(losses: readonly number[]): number {
  return losses.reduce((sum, loss) => sum + Math.sqrt(-Math.log(1 - loss)), 0) - 2;
}

const starts = [[0.3, -0.4, 0.1, 0.2], [-0.5, -0.1, 0.3, 0.05]];
const preferences = [0, 1, 2, 3, 4].map((part) => {
  const angle = Math.PI / 2 * part / 4;
  return [Math.max(Math.cos(angle), 0), Math.sin(angle)];
});

Deno.test("on a concave front the sum of the losses ends at an end", () => {
  for (const start of starts) {
    const losses = descend(start, sumGradient(), 6000);
    ok(Math.min(...losses) < 0.05, `${losses}`);
  }
});

Deno.test("MGDA ends between the ends", () => {
  for (const start of starts) {
    const losses = descend(start, mgda());
    ok(Math.abs(offFront(losses)) < 0.01 && Math.min(...losses) > 0.1, `${losses}`);
  }
});

Deno.test("ParetoMTL ends in each chosen part and so traces the front", () => {
  const angles = preferences.map((_, chosen) => {
    const losses = descend(starts[0], paretoMtl({ preferences, chosen }));
    ok(Math.abs(offFront(losses)) < 0.02, `part ${chosen}: ${losses}`);
    return Math.atan2(losses[1], losses[0]) / (Math.PI / 2) * 4;
  });
  // Parts end half-way to the next direction.
  angles.forEach((angle, chosen) =>
    ok(Math.abs(angle - chosen) <= 0.55, `part ${chosen} ended at ${angle}`)
  );
});

Deno.test("paretoMtl says what is wrong with its settings", () => {
  throws(() => paretoMtl({ preferences, chosen: 5 }), /from 0 to 4/);
  throws(() => paretoMtl({ preferences: [[1, -1]], chosen: 0 }), /entries from 0/);
  const balancer = paretoMtl({ preferences, chosen: 2 });
  balancer.weights([[1, 0], [0, 1]]);
  ok(balancer.report?.().notes?.some((note) => note.startsWith("no losses")));
});
