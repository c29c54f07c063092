import { ok, strictEqual } from "node:assert/strict";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { regressions } from "./_problems.ts";

const data = regressions("limits");
const shared = regressions("limits", true);
const independent = linear.fit(data, { penalty: linear.none() });
const exact = { tolerance: 1e-10, maxIterations: 50_000 };

const atZero: Record<string, linear.Penalty> = {
  ridge: linear.ridge(0),
  lasso: linear.lasso(0),
  jointFeatures: linear.jointFeatures(0),
  l1Infinity: linear.l1Infinity(0),
  traceNorm: linear.traceNorm(0),
  taskGroups: linear.taskGroups(0),
  meanRegularised: linear.meanRegularised(0),
  graph: linear.graph(0, [{ from: "a", to: "b" }]),
  temporal: linear.temporal(0),
  fused: linear.fused(0),
  dirty: linear.dirty({ shared: 0, own: 0 }),
  robust: linear.robust({ lowRank: 0, outliers: 0 }),
  elasticNet: linear.elasticNet(0, 0),
  robustFeatures: linear.robustFeatures({ features: 0, outliers: 0 }),
  sparseLowRank: linear.sparseLowRank({ sparse: 0, traceBound: 1 }),
  "large ball": linear.traceNormBall(1e6),
};
for (const [name, penalty] of Object.entries(atZero)) {
  Deno.test(`strength zero of ${name} leaves the tasks independent`, () => {
    const model = linear.fit(data, { penalty, ...exact });
    near(model.coefficients, [...independent.coefficients], 1e-6);
    near(model.intercepts, [...independent.intercepts], 1e-6);
  });
}

const atInfinity: Record<string, linear.Penalty> = {
  ridge: linear.ridge(1e9),
  lasso: linear.lasso(1e4),
  jointFeatures: linear.jointFeatures(1e4),
  l1Infinity: linear.l1Infinity(1e4),
  traceNorm: linear.traceNorm(1e4),
  taskGroups: linear.taskGroups(1e4),
  dirty: linear.dirty({ shared: 1e4, own: 1e4 }),
  robust: linear.robust({ lowRank: 1e4, outliers: 1e4 }),
  robustFeatures: linear.robustFeatures({ features: 1e4, outliers: 1e4 }),
  elasticNet: linear.elasticNet(1e4, 1e4),
  "squares of elasticNet": linear.elasticNet(0, 1e9),
  clustered: linear.clustered(2, { outside: 1, overall: 1e9 }),
  alternatingStructure: linear.alternatingStructure(1, { outside: 1, overall: 1e9 }),
  sparseLowRank: linear.sparseLowRank({ sparse: 1e4, traceBound: 1e-7 }),
  "tiny ball": linear.traceNormBall(1e-7),
};
for (const [name, penalty] of Object.entries(atInfinity)) {
  Deno.test(`a huge strength of ${name} leaves the means of the targets`, () => {
    const model = linear.fit(data, { penalty, ...exact });
    near(model.coefficients, new Array(12).fill(0), 1e-6);
    data.tasks.forEach(({ targets }, k) => {
      near([model.intercepts[k]], [targets.reduce((sum, y) => sum + y, 0) / targets.length], 1e-6);
    });
  });
}

Deno.test("the smallest strength with zero coefficients is where the path starts", () => {
  for (const penalty of [linear.lasso, linear.jointFeatures, linear.traceNorm, linear.l1Infinity]) {
    const [top] = linear.strengthsFor(data, { penalty });
    const zero = linear.fit(data, { penalty: penalty(top * 1.0001), ...exact });
    const some = linear.fit(data, { penalty: penalty(top * 0.999), ...exact });
    strictEqual(zero.support().length, 0, penalty.name);
    ok(some.support().length > 0, penalty.name);
  }
});

Deno.test("tying tasks without bound pools them", () => {
  // Without intercepts: all rows as one task.
  const rows = data.tasks.flatMap(({ inputs, targets }) =>
    [...targets].map((y, i) => ({ x: [...inputs.values.subarray(4 * i, 4 * i + 4)], y }))
  );
  const pooled = linear.fit(
    linear.LinearData.of({
      all: { inputs: rows.map(({ x }) => x), targets: rows.map(({ y }) => y) },
    }),
    { penalty: linear.none(), intercept: false },
  );
  const chain = [{ from: "a", to: "b" }, { from: "b", to: "c" }];
  const ties = {
    meanRegularised: linear.meanRegularised(1e7),
    graph: linear.graph(1e7, chain),
    temporal: linear.temporal(1e7),
    fused: linear.fused(1e4),
  };
  for (const [name, penalty] of Object.entries(ties)) {
    const model = linear.fit(data, { penalty, intercept: false, ...exact });
    for (const task of ["a", "b", "c"]) {
      near(model.coefficientsOf(task), [...pooled.coefficients], 1e-4, name);
    }
  }
});

Deno.test("the trace norm goes down to rank one before zero", () => {
  const [top] = linear.strengthsFor(shared, { penalty: linear.traceNorm });
  const model = linear.fit(shared, { penalty: linear.traceNorm(0.9 * top), ...exact });
  const [first, second] = linear.singularValues(model.coefficients, 3, 4);
  ok(first > 1e-3 && second < 1e-9 * first, `${first} ${second}`);
});

Deno.test("clustered with as many clusters as tasks is ridge, and so is cASO with all dimensions", () => {
  // θ = 1 everywhere: ρ₁ η (1 + η) / (η + 1) = ρ₂.
  const options = { outside: 2, overall: 0.6 };
  const ridge = linear.fit(data, { penalty: linear.ridge(0.6) });
  for (const penalty of [linear.clustered(3, options), linear.alternatingStructure(4, options)]) {
    const model = linear.fit(data, { penalty, ...exact });
    near(model.coefficients, [...ridge.coefficients], 1e-6, penalty.name);
  }
});

Deno.test("a superposition with one part too dear is the other alone", () => {
  const model = linear.fit(data, { penalty: linear.dirty({ shared: 1e5, own: 3 }), ...exact });
  const alone = linear.fit(data, { penalty: linear.lasso(3), ...exact });
  near(model.coefficients, [...alone.coefficients], 1e-6);
  near(model.parts[0], new Array(12).fill(0), 0);
});

Deno.test("task weights multiply the loss: twice the weight is twice the rows", () => {
  const [task] = data.tasks;
  const twice = linear.LinearData.of({
    a: {
      inputs: {
        rows: 24,
        columns: 4,
        values: Float64Array.of(...task.inputs.values, ...task.inputs.values),
      },
      targets: [...task.targets, ...task.targets],
    },
  });
  const once = linear.LinearData.of({ a: { inputs: task.inputs, targets: task.targets } });
  for (
    const penalty of [
      linear.ridge(2),
      linear.lasso(2),
      linear.jointFeatures(2),
      linear.traceNorm(2),
    ]
  ) {
    const a = linear.fit(twice, { penalty, ...exact });
    const b = linear.fit(once, { penalty, weights: { a: 2 }, ...exact });
    near(a.coefficients, [...b.coefficients], 1e-6);
  }
});

Deno.test("weights by mean divide by the rows of each task", () => {
  const mean = linear.fit(data, { penalty: linear.jointFeatures(0.2), weights: "mean", ...exact });
  const named = linear.fit(data, {
    penalty: linear.jointFeatures(0.2),
    weights: { a: 1 / 12, b: 1 / 9, c: 1 / 15 },
    ...exact,
  });
  near(mean.coefficients, [...named.coefficients], 1e-9);
});
