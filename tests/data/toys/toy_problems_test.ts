import { deepStrictEqual, ok } from "node:assert/strict";
import { asJacobianMethod, mgda, pcgrad, sumGradient } from "../../../lib/balancing/mod.ts";
import { toys } from "../../../lib/data/mod.ts";

const { descend, narrowValley, twoValleys } = toys;

function assertClose(found: readonly number[], expected: readonly number[], tolerance: number) {
  ok(
    found.length === expected.length &&
      expected.every((value, at) => Math.abs(found[at] - value) <= tolerance),
    `found [${found.join(", ")}], expected [${expected.join(", ")}]`,
  );
}

Deno.test("toy problems have the known values", () => {
  // Computed from the published formulas in float64.
  assertClose(twoValleys.losses([0, -8.3552]), [-15.09163845, -15.09163845], 1e-7);
  assertClose(twoValleys.losses([7, -8.3552]), [-19.98933432, -0.39855083], 1e-7);
  assertClose(twoValleys.losses([9, 9]), [7.94394919, 6.69149537], 1e-7);
  assertClose(twoValleys.gradients([0, 0]).flat(), [0, 10.85638148, 0, 10.85638148], 1e-7);
  assertClose(
    twoValleys.gradients([-8.5, 7.5]).flat(),
    [-0.28539851, 0.00724872, -0.07399217, 0.00873944],
    1e-7,
  );
  const [start] = narrowValley.starts;
  assertClose(narrowValley.losses(start), [-5.886, 29.428], 5e-4);
  const [one, other] = narrowValley.gradients(start);
  const cosine = (one[0] * other[0] + one[1] * other[1]) / Math.hypot(...one) /
    Math.hypot(...other);
  assertClose([cosine], [-0.9992], 5e-5);
});

for (const problem of [twoValleys, narrowValley]) {
  Deno.test(`gradients of the ${problem.name} agree with finite differences`, () => {
    for (const [x1, x2] of [[1, 2], [-3, -4], [5.5, 0.5], [-7, -0.3]]) {
      const gradients = problem.gradients([x1, x2]);
      for (const [axis, [dx, dy]] of [[1e-6, 0], [0, 1e-6]].entries()) {
        const [ahead, behind] = [1, -1].map((sign) =>
          problem.losses([x1 + sign * dx, x2 + sign * dy])
        );
        for (const task of [0, 1]) {
          const difference = (ahead[task] - behind[task]) / 2e-6;
          ok(Math.abs(difference - gradients[task][axis]) < 1e-5 * (1 + Math.abs(difference)));
        }
      }
    }
  });
}

Deno.test("at the bottom of the narrow valley both gradients vanish", () => {
  const bottom = [-2, Math.atanh(1 - 1e-7)] as const;
  deepStrictEqual(narrowValley.gradients(bottom).flat().map(Math.abs), [0, 0, 0, 0]);
});

const [start] = narrowValley.starts;
const ends = (method: ReturnType<typeof mgda>, steps: number, learningRate?: number) => {
  const whole = asJacobianMethod(method);
  return descend(narrowValley, (rows) => whole.combine(rows as number[][]), {
    start,
    steps,
    learningRate,
  }).end;
};

Deno.test("narrow valley: MGDA goes to the crossing, the sum stays in the wrong valley", () => {
  assertClose(ends(mgda(), 10_000), [-2, 6.4008], 2e-3);
  const [first, second] = narrowValley.losses(ends(sumGradient(), 100_000));
  ok(first < -50 && second > 30, `${first}, ${second}`);
});

Deno.test("narrow valley: PCGrad reaches the right valley with both losses", () => {
  // A larger step than the paper's, to get there in a tenth of its steps; the sum does not.
  const [first, second] = narrowValley.losses(ends(pcgrad(), 50_000, 0.01));
  ok(first < -50 && second < -50, `${first}, ${second}`);
  ok(narrowValley.losses(ends(sumGradient(), 50_000, 0.01))[1] > 30);
});

Deno.test("descend keeps its way, scales losses and begins where it is told", () => {
  const plain = descend(twoValleys, ([one, other]) => one.map((v, i) => v + other[i]), {
    start: [3, -2],
    steps: 100,
    keep: 10,
  });
  deepStrictEqual([plain.x.length, plain.x[0], plain.y[0]], [11, 3, -2]);
  deepStrictEqual([plain.x.at(-1), plain.y.at(-1)], [...plain.end]);
  const seen: number[][] = [];
  descend(twoValleys, (rows) => (seen.push(...rows.map((row) => [...row])), rows[0]), {
    start: [3, -2],
    steps: 1,
    scales: [0.1, 1],
  });
  const [one, other] = twoValleys.gradients([3, -2]);
  assertClose(seen.flat(), [...one.map((value) => 0.1 * value), ...other], 1e-15);
});
