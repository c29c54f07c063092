import { ok, strictEqual, throws } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { lossFrom } from "../../lib/linear/losses.ts";
import { near } from "../_numbers.ts";

const losses = [
  linear.squared(),
  linear.huber(),
  linear.huber({ width: 0.3 }),
  linear.logistic(),
  linear.hinge(),
  linear.calibrated(),
  linear.calibrated({ floor: 5 }),
  linear.multinomial(),
];

for (const loss of losses) {
  const name = JSON.stringify(loss.configuration);
  const width = loss.targets === "class" ? 3 : 1;
  const random = new Random(name);
  const rows = 6;
  const targets = Float64Array.from(
    { length: rows },
    () =>
      loss.targets === "number"
        ? random.normal()
        : random.integer(loss.targets === "class" ? 3 : 2),
  );
  const scores = Float64Array.from({ length: rows * width }, () => 2 * random.normal());

  Deno.test(`the gradient of ${name} is its slope, and no steeper than its curvature says`, () => {
    const gradient = new Float64Array(scores.length);
    loss.evaluate(scores, targets, width, gradient);
    for (let i = 0; i < scores.length; i++) {
      const up = scores.slice(), down = scores.slice();
      up[i] += 1e-6;
      down[i] -= 1e-6;
      const slope = (loss.evaluate(up, targets, width) - loss.evaluate(down, targets, width)) /
        2e-6;
      near([gradient[i]], [slope], 1e-6, `score ${i}`);
    }
    for (let attempt = 0; attempt < 50; attempt++) {
      const other = scores.map((score) => score + 0.5 * random.normal());
      const there = new Float64Array(scores.length);
      loss.evaluate(other, targets, width, there);
      const change = Math.hypot(...gradient.map((g, i) => g - there[i]));
      const distance = Math.hypot(...scores.map((s, i) => s - other[i]));
      ok(change <= loss.curvature(rows) * distance * (1 + 1e-9));
    }
  });

  Deno.test(`${name} is made again from its configuration`, () => {
    const again = lossFrom(JSON.parse(JSON.stringify(loss.configuration)));
    strictEqual(again.evaluate(scores, targets, width), loss.evaluate(scores, targets, width));
  });
}

Deno.test("losses have the values of their formulas, also far out", () => {
  const value = (loss: linear.Loss, score: number, target: number) =>
    loss.evaluate(Float64Array.of(score), Float64Array.of(target), 1);
  strictEqual(value(linear.squared(), 3, 1), 2);
  strictEqual(value(linear.huber({ width: 1 }), 4, 1), 2.5);
  near([value(linear.logistic(), 0, 1)], [Math.LN2], 1e-15);
  strictEqual(value(linear.logistic(), 1000, 0), 1000);
  strictEqual(value(linear.logistic(), -1000, 0), 0);
  strictEqual(value(linear.hinge({ width: 0.5 }), 2, 1), 0);
  strictEqual(value(linear.hinge({ width: 0.5 }), -1, 1), 1.75);
  strictEqual(value(linear.calibrated(), 4, 1), 3);
  const classes = linear.multinomial();
  const target = Float64Array.of(2);
  near([classes.evaluate(Float64Array.of(900, 900, 900), target, 3)], [Math.log(3)], 1e-12);
});

Deno.test("Huber, hinge and calibrated losses fit; losses that do not suit a task are refused", () => {
  const random = new Random("fits");
  const inputs = Array.from({ length: 60 }, () => [random.normal(), random.normal()]);
  const signal = inputs.map(([a, b]) => 2 * a - b);
  const spoilt = signal.map((value, row) => row < 6 ? 50 : value + 0.1 * random.normal());
  const numbers = linear.LinearData.of({ y: { inputs, targets: spoilt } });
  const fitted = (loss: linear.Loss) => {
    const model = linear.fit(numbers, { penalty: linear.ridge(1e-6), loss });
    strictEqual(model.report.reason, "converged");
    return Math.hypot(model.coefficients[0] - 2, model.coefficients[1] + 1);
  };
  ok(fitted(linear.huber({ width: 0.5 })) < 0.1);
  ok(fitted(linear.squared()) > 5 * fitted(linear.huber({ width: 0.5 })));
  const labels = linear.LinearData.of({
    y: { inputs, targets: signal.map((value) => value > 0 ? 1 : 0), kind: "binary" },
  });
  const model = linear.fit(labels, { penalty: linear.lasso(0.5), loss: linear.hinge() });
  strictEqual(model.report.reason, "converged");
  ok(linear.report(model, labels).pooled.accuracy > 0.95);
  throws(
    () => linear.fit(numbers, { penalty: linear.ridge(1), loss: linear.logistic() }),
    /Task "y" is a regression, but the logistic loss is for binary targets/,
  );
  const classes = linear.LinearData.of({
    y: { inputs, targets: signal.map((value) => value > 0 ? 1 : 0), kind: "classification" },
  });
  throws(
    () => linear.fit(classes, { penalty: linear.ridge(1), loss: linear.squared() }),
    /class indices.*use multinomial/,
  );
});

Deno.test("the calibrated loss weighs a noisy task down", () => {
  // Two tasks with the same truth, one a hundred times noisier: under one strength the squared loss
  // drowns the quiet task, the calibrated one does not.
  const random = new Random("calibrated");
  const made = (noise: number) => {
    const inputs = Array.from(
      { length: 50 },
      () => Array.from({ length: 8 }, () => random.normal()),
    );
    const targets = inputs.map((x) => x[0] - x[1] + noise * random.normal());
    return { inputs, targets };
  };
  const data = linear.LinearData.of({ quiet: made(0.05), noisy: made(5) });
  const wrongOf = (loss: linear.Loss, strength: number) => {
    const model = linear.fit(data, { penalty: linear.jointFeatures(strength), loss });
    strictEqual(model.report.reason, "converged");
    return model.support().length;
  };
  // Both strengths keep the two true features; the squared one lets false ones in.
  ok(wrongOf(linear.calibrated(), 3) >= 2);
  ok(wrongOf(linear.calibrated(), 3) < wrongOf(linear.squared(), 20));
});
