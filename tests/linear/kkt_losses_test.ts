import { ok, strictEqual } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { gradientWith, normCondition } from "./_conditions.ts";
import { lossAt } from "./_problems.ts";

const losses = [
  linear.squared(),
  linear.huber({ width: 0.7 }),
  linear.logistic(),
  linear.hinge(),
  linear.calibrated(),
  linear.multinomial(),
];

const penalties = [linear.lasso, linear.jointFeatures, linear.traceNorm, linear.meanRegularised];

/** Three tasks over four features whose targets are what `kind` says. */
function tasksOf(kind: linear.Loss["targets"]): linear.LinearData {
  const random = new Random(`losses ${kind}`);
  const weights = [[1, 0, -2, 0], [1.2, 0, -1.5, 0.3], [-0.5, 0, 1, 0]];
  return linear.LinearData.of(Object.fromEntries(weights.map((w, k) => {
    const inputs = Array.from({ length: 20 }, () => w.map(() => 0.3 + random.normal()));
    const targets = inputs.map((x) => {
      const y = 0.5 + x.reduce((sum, value, j) => sum + value * w[j], 0) + random.normal();
      if (kind === "number") return y;
      return kind === "binary" ? Number(y > 0) : y > 1 ? 2 : Number(y > -1);
    });
    const named = { number: "regression", binary: "binary", class: "classification" } as const;
    return [`task ${k}`, { inputs, targets, kind: named[kind], classes: 3 }];
  })));
}

for (const loss of losses) {
  const data = tasksOf(loss.targets);
  for (const intercept of [true, false]) {
    const settings = { loss, intercept };
    for (const penaltyOf of penalties) {
      const strength = loss.name === "calibrated" ? 0.2 : 0.8;
      const penalty = penaltyOf(strength);
      Deno.test(`optimality conditions: ${loss.name}, ${penalty.name}, intercept ${intercept}`, () => {
        const options = { ...settings, penalty, tolerance: 1e-11, maxIterations: 200_000 };
        const model = linear.fit(data, options);
        const { certificate } = model.report;
        ok(model.report.reason !== "iterations", JSON.stringify(model.report));
        ok(certificate.value <= 1e-9, JSON.stringify(model.report));
        const { value, gradient, intercepts } = lossAt(model, data);
        const zeros = new Array(intercepts.length).fill(0);
        if (intercept) near(intercepts, zeros, 1e-6, "gradient in the intercepts");
        else near(model.intercepts, zeros, 0);
        const bound = penalty.bind(model.layout);
        const w = model.coefficients;
        near([model.report.objective], [value + bound.value(w)], 1e-9, "objective");
        normCondition(bound, w, gradientWith(bound, w, gradient), 1e-6);
      });
    }

    Deno.test(`${loss.name}, intercept ${intercept}: the path starts where all is zero`, () => {
      for (const penalty of penalties.slice(0, 3)) {
        const [top] = linear.strengthsFor(data, { ...settings, penalty });
        const exact = { ...settings, tolerance: 1e-10, maxIterations: 100_000 };
        const zero = linear.fit(data, { ...exact, penalty: penalty(1.0001 * top) });
        const some = linear.fit(data, { ...exact, penalty: penalty(0.999 * top) });
        strictEqual(zero.support().length, 0, penalty.name);
        ok(some.support().length > 0, penalty.name);
      }
    });
  }
}
