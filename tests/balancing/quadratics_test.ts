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

// The two problems of TorchJD's trajectories, with its step lengths and numbers of steps.
const problems = [
  {
    name: "two quadratics of different curvature",
    matrices: [[[1, 0.2], [0.2, 0.05]], [[3, -0.6], [-0.6, 0.2]]],
    centers: [[1, 0], [-1, 0]],
    learningRate: 0.125,
    steps: 200,
  },
  {
    name: "one quadratic at scales 1 and 10",
    matrices: [[[2, -1], [-1, 2]], [[20, -10], [-10, 20]]],
    centers: [[1, 0], [-10, 0]],
    learningRate: 0.005,
    steps: 100,
  },
];
const starts = [[2, 3], [-3, 4]];

type Problem = (typeof problems)[number];

/** Gradients of `(x - u)' A (x - u)`. */
function gradientsAt({ matrices, centers }: Problem, x: readonly number[]): number[][] {
  return matrices.map((matrix, task) =>
    matrix.map((row) => 2 * row.reduce((sum, a, i) => sum + a * (x[i] - centers[task][i]), 0))
  );
}

function endOf(problem: Problem, method: keyof typeof jacobianMethods, start: readonly number[]) {
  const balancer = jacobianMethods[method]();
  let x = [...start];
  for (let step = 0; step < problem.steps; step++) {
    const update = balancer.combine(gradientsAt(problem, x));
    x = x.map((value, i) => value - problem.learningRate * update[i]);
  }
  return x;
}

for (const problem of problems) {
  Deno.test(`${problem.name}: UPGrad, DualProj and PCGrad end on the Pareto set`, () => {
    for (const start of starts) {
      for (const method of ["upgrad", "dualproj", "pcgrad"] as const) {
        const [first, second] = gradientsAt(problem, endOf(problem, method, start));
        // The shortest convex combination of the gradients, by the closed form for two.
        const gap = first.map((value, i) => value - second[i]);
        const share = -(gap[0] * second[0] + gap[1] * second[1]) / (gap[0] ** 2 + gap[1] ** 2);
        ok(share > 0 && share < 1, method);
        const length = Math.hypot(...gap.map((value, i) => share * value + second[i]));
        ok(length < 2e-3, `${method} from [${start}]: ${length}`);
      }
    }
  });

  Deno.test(`${problem.name}: the mean comes as near to its minimum as the closed form says`, () => {
    const { matrices, centers, learningRate, steps } = problem;
    // x goes to the minimum m of the sum by x - m <- (I - rate (A + B)) (x - m).
    const sum = [0, 1].map((i) => [0, 1].map((j) => matrices[0][i][j] + matrices[1][i][j]));
    const right = [0, 1].map((i) =>
      matrices.reduce(
        (total, matrix, task) =>
          total + matrix[i][0] * centers[task][0] + matrix[i][1] * centers[task][1],
        0,
      )
    );
    const determinant = sum[0][0] * sum[1][1] - sum[0][1] ** 2;
    const minimum = [
      (sum[1][1] * right[0] - sum[0][1] * right[1]) / determinant,
      (sum[0][0] * right[1] - sum[0][1] * right[0]) / determinant,
    ];
    for (const start of starts) {
      const found = endOf(problem, "mean", start);
      let distance = start.map((value, i) => value - minimum[i]);
      for (let step = 0; step < steps; step++) {
        distance = distance.map((value, i) =>
          value - learningRate * (sum[i][0] * distance[0] + sum[i][1] * distance[1])
        );
      }
      found.forEach((value, i) => ok(Math.abs(value - minimum[i] - distance[i]) < 1e-9));
    }
  });
}
