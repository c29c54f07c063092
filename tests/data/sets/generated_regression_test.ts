import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { relatedTasks, unequalNoise, unequalScales } from "../../../lib/data/mod.ts";

const dot = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, at) => sum + value * other[at], 0);

const deviation = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

Deno.test("related tasks: the weights have the length and the angle asked for", () => {
  for (const correlation of [-1, -0.3, 0, 0.5, 1]) {
    const { truth } = relatedTasks({ correlation, scale: 0.3, train: 1, validation: 0, test: 0 });
    const [one, other] = truth.weights;
    ok(Math.abs(dot(one, one) - 0.09) < 1e-12 && Math.abs(dot(other, other) - 0.09) < 1e-12);
    ok(Math.abs(dot(one, other) / 0.09 - correlation) < 1e-12);
  }
});

Deno.test("related tasks: labels are the formula plus noise of deviation 0.1", () => {
  const { train, truth } = relatedTasks({
    train: 4000,
    validation: 0,
    test: 0,
    dimensions: 20,
    seed: 5,
  });
  (["first", "second"] as const).forEach((task, index) => {
    const rest = Array.from(train.target(task).values, (label, row) => {
      const x = train.inputs.features.values.subarray(row * 20, row * 20 + 20);
      const product = dot(truth.weights[index], x);
      const wave = (at: number) => Math.sin(truth.frequencies[at] * product + truth.phases[at]);
      return label - product - [0, 1, 2, 3, 4].reduce((sum, at) => sum + wave(at), 0);
    });
    // Four standard errors of the deviation of 4,000 numbers.
    ok(Math.abs(deviation(rest) - 0.1) < 4 * 0.1 / Math.sqrt(8000), `${deviation(rest)}`);
  });
});

Deno.test("related tasks: same seed, same numbers; parts differ; wrong options are refused", () => {
  const sizes = { train: 5, validation: 5, test: 0 };
  const { train, validation } = relatedTasks({ ...sizes, seed: 1 });
  deepStrictEqual(relatedTasks({ ...sizes, seed: 1 }).train.targets, train.targets);
  ok(
    train.target("first").values.some((value, row) =>
      value !== validation.target("first").values[row]
    ),
  );
  strictEqual(train.origin, "generated");
  throws(() => relatedTasks({ correlation: 1.1 }), /correlation must be from -1 to 1, but is 1.1/);
  throws(() => relatedTasks({ dimensions: 1 }), /dimensions must be a whole number from 2/);
});

Deno.test("unequal noise: lines and deviations as stated", () => {
  const dataset = unequalNoise({ rows: 20_000, seed: 2 });
  const x = dataset.inputs.x.values;
  const rest = (name: "noisy" | "clean", slope: number, start: number) =>
    Array.from(dataset.target(name).values, (value, row) => value - slope * x[row] - start);
  ok(Math.abs(deviation(rest("noisy", 2, 8)) - 10) < 0.2);
  ok(Math.abs(deviation(rest("clean", 3, 3)) - 1) < 0.02);
  const mean = rest("noisy", 2, 8).reduce((sum, value) => sum + value, 0) / 20_000;
  ok(Math.abs(mean) < 4 * 10 / Math.sqrt(20_000));
});

Deno.test("unequal noise: the rows of the published notebook, number by number", () => {
  const { inputs, targets } = unequalNoise({ generator: "numpy" });
  const x = Array.from(inputs.x.values);
  // numpy.random.seed(0); numpy.random.randn(100): its first three numbers and its last.
  [1.76405235, 0.40015721, 0.97873798].forEach((value, at) => ok(Math.abs(x[at] - value) < 1e-7));
  ok(Math.abs(x[99] - 0.40198936) < 1e-7, `${x[99]}`);
  const residual = (y: ArrayLike<number>) => {
    const mean = (values: ArrayLike<number>) => dot(values, x.map(() => 0.01));
    const [middleX, middleY] = [mean(x), mean(y)];
    const slope = (dot(x, y) / 100 - middleX * middleY) / (dot(x, x) / 100 - middleX ** 2);
    const rest = x.map((value, at) => y[at] - middleY - slope * (value - middleX));
    return Math.sqrt(dot(rest, rest) / 100);
  };
  // Root mean squares of the residuals, computed with NumPy from the published notebook's code.
  ok(Math.abs(residual(targets.noisy.values) - 10.28188628) < 1e-6);
  ok(Math.abs(residual(targets.clean.values) - 0.94924083) < 1e-6);
  throws(
    () => unequalNoise({ generator: "numpy", seed: "seven" }),
    /a whole number from 0 to 2\^32 - 1, but this is "seven"/,
  );
});

Deno.test("unequal scales: targets lie within their factor, tasks agree in sign more than by chance", () => {
  const { train } = unequalScales({
    train: 50,
    validation: 0,
    test: 0,
    factors: [1, 10, 100],
    outputs: 20,
  });
  deepStrictEqual(Object.keys(train.targets), ["task1", "task2", "task3"]);
  [1, 10, 100].forEach((factor, at) => {
    const { values } = train.target(`task${at + 1}`);
    strictEqual(values.length, 1000);
    const largest = Math.max(...values.map(Math.abs));
    ok(largest <= factor + 1e-4 * factor && largest > 0.99 * factor);
  });
  const [one, other] = [train.target("task1").values, train.target("task3").values];
  const agree = Array.from(one).filter((value, at) => value * other[at] > 0).length / 1000;
  // Correlation 10 / 13.5 of the sums: they agree with probability 1/2 + asin(0.74) / π = 0.765.
  ok(Math.abs(agree - 0.765) < 0.08, `${agree}`);
  throws(() => unequalScales({ factors: [] }), /tasks must be a whole number from 1, but is 0/);
});
