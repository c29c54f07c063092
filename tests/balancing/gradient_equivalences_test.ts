import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { gramianMethods } from "../../lib/balancing/gramian/mod.ts";
import { gradnormStep } from "../../lib/balancing/gramian/gradnorm.ts";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";
import { gramianOf, norm, weightedSum } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { normalRows } from "../math/_matrices.ts";

const { mgda, pcgrad, upgrad, fairgrad, cagrad, modo, sdmgrad, krum } = gramianMethods;

function assertClose(found: readonly number[], expected: readonly number[], tolerance = 1e-9) {
  expected.forEach((value, i) =>
    ok(
      Math.abs(found[i] - value) <= tolerance * (1 + Math.abs(value)),
      `found [${found.join(", ")}], expected [${expected.join(", ")}]`,
    )
  );
}

Deno.test("UPGrad with preference 1 is PCGrad for two tasks", () => {
  const random = new Random(1);
  for (let trial = 0; trial < 50; trial++) {
    const gramian = gramianOf(normalRows(random, 2, 4));
    assertClose(upgrad({ preference: [1, 1] }).weights(gramian), pcgrad().weights(gramian));
  }
});

Deno.test("GradVac's first step is PCGrad in the same orders", () => {
  const random = new Random(2);
  const rows = normalRows(random, 2, 6);
  assertClose(gramianMethods.gradvac().weights(gramianOf(rows)), pcgrad().weights(gramianOf(rows)));
});

Deno.test("GradVac by layer without groups is GradVac over the whole model", () => {
  const random = new Random(3);
  const layered = jacobianMethods.gradvac({ seed: 5 });
  const whole = gramianMethods.gradvac({ seed: 5 });
  for (let step = 0; step < 4; step++) {
    const rows = normalRows(random, 3, 8);
    assertClose(layered.combine(rows), weightedSum(rows, whole.weights(gramianOf(rows))));
  }
});

Deno.test("GradVac by layer treats each group on its own", () => {
  const rows = [[-4, 1, 1, 1, 0], [6, 1, 1, 0, 1]];
  const update = jacobianMethods.gradvac().combine(rows, undefined, { groups: [3, 2] });
  assertClose(update, [0.58479532, 3.80116959, 3.80116959, 1, 1], 1e-8);
  throws(
    () => jacobianMethods.gradvac().combine(rows, undefined, { groups: [3] }),
    /groups have 3 columns/,
  );
});

Deno.test("FairGrad with alpha 1 is Nash-MTL; with alpha 0 the sum", () => {
  const gramian = gramianOf(normalRows(new Random(4), 5, 9));
  assertClose(
    fairgrad({ alpha: 1 }).weights(gramian),
    gramianMethods["nash-mtl"]().weights(gramian),
  );
  assertClose(fairgrad({ alpha: 1e-4 }).weights(gramian), [1, 1, 1, 1, 1], 1e-2);
  deepStrictEqual(fairgrad({ alpha: 0 }).weights(gramian), [1, 1, 1, 1, 1]);
});

Deno.test("CAGrad with c = 0 is the mean; MGDA's direction for very large c", () => {
  const gramian = gramianOf(normalRows(new Random(5), 4, 9));
  assertClose(cagrad({ c: 0 }).weights(gramian), [0.25, 0.25, 0.25, 0.25]);
  const large = cagrad({ c: 1e4 }).weights(gramian);
  const sum = large.reduce((total, weight) => total + weight, 0);
  assertClose(large.map((weight) => weight / sum), mgda().weights(gramian), 1e-3);
});

Deno.test("Frank-Wolfe comes close to the exact minimum and says when it has not arrived", () => {
  const gramian = gramianOf(normalRows(new Random(6), 6, 20));
  const slow = mgda({ solver: "frank-wolfe", iterations: 20000, tolerance: 1e-9 });
  assertClose(slow.weights(gramian), mgda().weights(gramian), 1e-2);
  const short = mgda({ solver: "frank-wolfe", iterations: 2 });
  short.weights(gramian);
  ok(short.report?.().notes?.includes("not converged: frank-wolfe"));
  // For two tasks the first pair is the answer.
  const pair = mgda({ solver: "frank-wolfe" }).weights([[18, -22], [-22, 38]]);
  assertClose(pair, [0.6, 0.4], 1e-12);
});

Deno.test("MGDA's normalisations divide by length, loss and both", () => {
  const gramian = gramianOf(normalRows(new Random(7), 3, 9));
  const losses = [0.5, 2, 3];
  const lengths = gramian.map((row, i) => Math.sqrt(row[i]));
  const scales = { l2: lengths, loss: losses, "loss+": lengths.map((v, i) => v * losses[i]) };
  for (const normalization of ["l2", "loss", "loss+"] as const) {
    const scale = scales[normalization];
    const expected = mgda().weights(
      gramian.map((row, i) => row.map((value, j) => value / scale[i] / scale[j])),
    );
    const raw = mgda({ normalization }).weights(gramian, undefined, { losses });
    assertClose(raw, expected);
    const normalized = mgda({ normalization, weigh: "normalized" });
    assertClose(
      normalized.weights(gramian, undefined, { losses }),
      expected.map((weight, i) => weight / scale[i]),
    );
  }
  throws(() => mgda({ normalization: "loss" }).weights(gramian), /needs the losses/);
  throws(
    () => mgda({ normalization: "loss" }).weights(gramian, undefined, { losses: [1, -1, 1] }),
    /positive losses/,
  );
});

Deno.test("MoDo and SDMGrad with small steps end at the shortest combination", () => {
  const gramian = gramianOf(normalRows(new Random(8), 3, 9));
  const exact = mgda().weights(gramian);
  const slow = modo({ gamma: 0.02, rho: 0 });
  for (let step = 0; step < 3000; step++) slow.weights(gramian);
  assertClose(slow.weights(gramian), exact, 1e-6);
  const oriented = sdmgrad({ lambda: 0, learningRate: 0.1, iterations: 2000 });
  assertClose(oriented.weights(gramian), exact, 1e-6);
  // One step of MoDo by hand: w - gamma (G w + rho w) stays on the simplex after the projection.
  const step = modo({ gamma: 0.1, rho: 0.5 }).weights([[1, 0], [0, 3]]);
  assertClose(step, [0.5 + 0.05, 0.5 - 0.05]);
});

Deno.test("Multi-Krum leaves out the wild gradient", () => {
  const rows = [[1, 1], [1.1, 1], [1, 1.1], [0.9, 1], [100, -100]];
  deepStrictEqual(krum({ byzantine: 1, selected: 1 }).weights(gramianOf(rows)), [1, 0, 0, 0, 0]);
  const weights = krum({ byzantine: 1, selected: 4 }).weights(gramianOf(rows));
  deepStrictEqual(weights, [0.25, 0.25, 0.25, 0.25, 0]);
  throws(() => krum({ byzantine: 3 }).weights(gramianOf(rows)), /needs at least 6 tasks, but 5/);
});

Deno.test("the trimmed mean leaves out the ends of every column", () => {
  const rows = [[1, 50], [2, 3], [-90, 2], [3, -70]];
  deepStrictEqual(jacobianMethods["trimmed-mean"]({ trim: 1 }).combine(rows), [1.5, 2.5]);
  throws(() => jacobianMethods["trimmed-mean"]({ trim: 2 }).combine(rows), /more than 4 tasks/);
});

Deno.test("GradNorm's step is the published one, keeps its sum and never reaches 0", () => {
  const step = gradnormStep({
    weights: [1, 1],
    lengths: [2, 6],
    ratios: [0.5, 0.9],
    alpha: 1.5,
    learningRate: 0.025,
  });
  assertClose(step.targets, [2.41472644, 5.83145187], 1e-8);
  deepStrictEqual(step.gradients, [-2, 6]);
  assertClose(step.next, [1.10526316, 0.89473684], 1e-8);
  const wild = gradnormStep({
    weights: [1, 1],
    lengths: [1, 100],
    ratios: [1, 1],
    alpha: 1,
    learningRate: 1,
  });
  ok(wild.floored && wild.next.every((weight) => weight > 0));
  assertClose([wild.next[0] + wild.next[1]], [2]);
});

Deno.test("IMTL scales heads by e^s and follows the losses", () => {
  const balancer = gramianMethods.imtl({ learningRate: 0.1 });
  const gramian = [[1, 0], [0, 4]];
  const first = balancer.weights(gramian, undefined, { losses: [3, 0.5] });
  assertClose(first, gramianMethods["imtl-g"]().weights(gramian));
  deepStrictEqual(balancer.headWeights?.(), [1, 1]);
  const second = balancer.weights(gramian, undefined, { losses: [3, 0.5] });
  assertClose(balancer.headWeights!()!, [Math.exp(-0.2), Math.exp(0.05)]);
  // The direction of the shared update does not depend on the scales.
  assertClose([second[0] / second[1]], [first[0] / first[1]]);
});

Deno.test("MoCo tracks the normalised gradients", () => {
  const balancer = jacobianMethods.moco({ beta: 1, gamma: 0, decay: 0 });
  const update = balancer.combine([[3, 4], [0, 2]], undefined, { losses: [10, 4] });
  // y = L g / |g| at beta 1; with gamma 0 the weights are the softmax of equal numbers.
  assertClose(update, [0.5 * 6, 0.5 * 8 + 0.5 * 4]);
});

Deno.test("MoCo's weights after a step of 0 are equal by softmax, the same by projection", () => {
  const rows = [[3, 4], [0, 2]];
  const first = { gamma: 0.1, decay: 0, beta: 1 };
  const moved = jacobianMethods.moco({ ...first, onto: "simplex" });
  moved.combine(rows, undefined, { losses: [1, 2] });
  // Y Y' = [[1, 1.6], [1.6, 4]] at length L; times (1/2, 1/2): (1.3, 2.8); the step is 0.1 of it,
  // and the projection adds 0.205 to both.
  assertClose(moved.report!().weights!, [0.575, 0.425]);
  const soft = jacobianMethods.moco(first);
  soft.combine(rows, undefined, { losses: [1, 2] });
  const share = 1 / (1 + Math.exp(-0.15));
  assertClose(soft.report!().weights!, [share, 1 - share]);
});

Deno.test("PCD keeps its promises as near to the primary gradient as it can", () => {
  const random = new Random(9);
  for (let trial = 0; trial < 20; trial++) {
    const rows = normalRows(random, 5, 12);
    const tau = [0, 0.1, 0.2, 0.3, 0.4];
    const update = gramianMethods.pcd({ tau }).weights(gramianOf(rows));
    const direction = weightedSum(rows, update);
    assertClose([norm(direction)], [norm(rows[0])]);
    // Lengths are taken as 1 in the first step. The direction before it was brought to length:
    const units = rows.map((row) => row.map((value) => value / norm(row)));
    const factor = update[0] * norm(rows[0]);
    const before = direction.map((value) => value / factor);
    const distance = norm(before.map((value, i) => value - units[0][i]));
    units.slice(1).forEach((unit, j) =>
      ok(unit.reduce((sum, value, i) => sum + value * before[i], 0) >= tau[j + 1] - 1e-7)
    );
    for (let other = 0; other < 200; other++) {
      const point = before.map((value) => value + 0.3 * random.normal());
      const kept = units.slice(1).every((unit, j) =>
        unit.reduce((sum, value, i) => sum + value * point[i], 0) >= tau[j + 1]
      );
      if (kept) ok(norm(point.map((value, i) => value - units[0][i])) >= distance - 1e-7);
    }
  }
  const balancer = gramianMethods.pcd({ primary: 2 });
  assertClose(balancer.weights([[1, 0], [0, 4]], [0, 1]), [0.5, 0.5]);
  deepStrictEqual(balancer.report?.().notes, ["the primary task is absent: equal weights"]);
  deepStrictEqual(gramianMethods.pcd().weights([[0, 0], [0, 1]]), [0, 0]);
  throws(() => gramianMethods.pcd({ tau: 2 }), /tau must be from 0 to 1/);
  throws(() => gramianMethods.pcd({ beta: 1 }), /beta must be/);
});

Deno.test("CR-MOGM averages the weights of its method", () => {
  const balancer = gramianMethods["cr-mogm"]({ smoothing: 0.75 });
  assertClose(balancer.weights([[1, 0], [0, 4]]), [0.8, 0.2]);
  assertClose(balancer.weights([[4, 0], [0, 1]]), [
    0.75 * 0.8 + 0.25 * 0.2,
    0.75 * 0.2 + 0.25 * 0.8,
  ]);
});

Deno.test("weights are held for `every` steps, and the report says so", () => {
  const balancer = mgda({ every: 3 });
  balancer.reset?.(["a", "b"]);
  deepStrictEqual(balancer.held?.([0, 1]), undefined);
  const weights = balancer.weights([[1, 0], [0, 4]]);
  deepStrictEqual(balancer.held?.([0, 1]), weights);
  deepStrictEqual(balancer.report?.().notes, ["weights of an earlier step"]);
  const resumed = mgda({ every: 3 });
  resumed.reset?.(["a", "b"]);
  resumed.restore?.(JSON.parse(JSON.stringify(balancer.state?.())));
  deepStrictEqual(resumed.held?.([1]), [weights[1]]);
  deepStrictEqual(resumed.held?.([0, 1]), undefined);
});

Deno.test("clipping and capping are reported", () => {
  const nash = gramianMethods["nash-mtl"]({ maxNorm: 1 });
  const rows = [[-4, 1, 1], [6, 1, 1]];
  const update = weightedSum(rows, nash.weights(gramianOf(rows)));
  assertClose([norm(update)], [1]);
  ok(nash.report?.().notes?.some((note) => note.startsWith("clipped")));
  const near = [[1, 0], [-1, 1e-3], [-1, -1.001e-3]];
  const impartial = gramianMethods["imtl-g"]({ longest: 1 });
  impartial.weights(gramianOf(near));
  ok((impartial.report?.().notes ?? []).length > 0);
});

Deno.test("a bad Gramian or Jacobian gets a sentence", () => {
  throws(() => mgda().weights([]), /no rows/);
  throws(() => mgda().weights([[1, 2]]), /must be square/);
  throws(() => mgda().weights([[NaN]]), /Entry \[0, 0\] of the Gramian is NaN/);
  throws(() => mgda({ every: 0 }), /every must be a whole number/);
  throws(() => mgda().weights([[1]], [0, 1]), /2 tasks are present, but the Gramian has 1/);
  throws(() => jacobianMethods.graddrop().combine([[1], [1, 2]]), /Row 1 of the Jacobian/);
  throws(() => jacobianMethods.graddrop().combine([[Infinity]]), /not finite/);
  throws(() => gramianMethods.gradvac({ beta: 0 }), /beta must be above 0/);
  throws(() => cagrad({ c: -1 }), /c must be 0 or more/);
});
