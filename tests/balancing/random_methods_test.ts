import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { gramianMethods } from "../../lib/balancing/gramian/mod.ts";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";
import { Random } from "../../lib/math/random.ts";

Deno.test("GradDrop gives the possible outcomes, with the sum as its mean", () => {
  const rows = [[-4, 1, 1], [6, 1, 1]];
  const balancer = jacobianMethods.graddrop({ seed: 3 });
  const draws = 20000;
  let positive = 0;
  for (let draw = 0; draw < draws; draw++) {
    const update = balancer.combine(rows);
    deepStrictEqual(update.slice(1), [2, 2]);
    ok(update[0] === 6 || update[0] === -4);
    if (update[0] === 6) positive++;
  }
  // Five standard deviations of a binomial proportion.
  ok(Math.abs(positive / draws - 0.6) < 5 * Math.sqrt(0.6 * 0.4 / draws));
  const largest = jacobianMethods.graddrop({ f: (purity) => purity > 0.5 ? 1 : 0 });
  deepStrictEqual(largest.combine(rows), [6, 2, 2]);
  deepStrictEqual(jacobianMethods.graddrop({ f: () => 0 }).combine(rows), [-4, 0, 0]);
  throws(() => jacobianMethods.graddrop({ f: () => 2 }).combine(rows), /f of graddrop must give/);
  const leaky = jacobianMethods.graddrop({ leak: [1, 1] }).combine(rows);
  deepStrictEqual(leaky, [2, 2, 2]);
});

Deno.test("GradDrop without leaks draws and keeps what it does with leaks of 0", () => {
  const source = new Random(11);
  const rows = Array.from({ length: 4 }, () =>
    // Zeros and columns of one sign among them.
    Array.from({ length: 50 }, (_, column) => column < 5 ? 0.5 : source.integer(9) - 4));
  const [plain, leaky] = [undefined, [0, 0, 0, 0]].map((leak) =>
    jacobianMethods.graddrop({ seed: 5, leak })
  );
  for (let step = 0; step < 3; step++) deepStrictEqual(plain.combine(rows), leaky.combine(rows));
});

Deno.test("random weights sum to 1 and are 1/K on average", () => {
  const balancer = gramianMethods.random({ seed: 4 });
  const draws = 20000;
  const sums = [0, 0, 0, 0];
  const squares = [0, 0, 0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const weights = balancer.weights([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
    ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
    weights.forEach((weight, i) => {
      sums[i] += weight;
      squares[i] += weight * weight;
    });
  }
  sums.forEach((sum, i) => {
    const mean = sum / draws;
    const deviation = Math.sqrt((squares[i] / draws - mean * mean) / draws);
    ok(Math.abs(mean - 0.25) < 5 * deviation, `${mean}`);
  });
});

Deno.test("GradDrop on the representation keeps or drops a feature for all examples of a task", () => {
  // Two examples of two features. Times the signs and added: (1, 3) against (-2, 4).
  const activations = [1, 2, -3, 4];
  const rows = [[3, 1, 2, 2], [-1, 1, 1, 3]];
  const context = { activations, examples: 2 };
  const outcomes = new Set<string>();
  const balancer = jacobianMethods.graddrop({ on: "representation" });
  const draws = 3000;
  let first = 0;
  for (let draw = 0; draw < draws; draw++) {
    const update = balancer.combine(rows, undefined, context);
    outcomes.add(update.join());
    if (update[0] === 3) first++;
  }
  deepStrictEqual([...outcomes].sort(), ["-1,2,1,5", "3,2,2,5"]);
  // Purity (1 - 1 / 3) / 2.
  ok(Math.abs(first / draws - 1 / 3) < 5 * Math.sqrt(2 / 9 / draws), `${first / draws}`);
  throws(() => balancer.combine(rows), /needs the activations/);
});
