import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { binary, classification, type Metric, multiLabel, regression } from "polytask";
import { near } from "../_numbers.ts";

interface Rows {
  readonly output: readonly number[];
  readonly target: readonly number[];
  readonly mask?: readonly number[];
}

/** The figure that a metric gives for batches. */
function figure(metrics: readonly Metric[], name: string, ...batches: (Rows & { rows: number })[]) {
  const accumulator = metrics.find((metric) => metric.name === name)!.start();
  for (const batch of batches) accumulator.update(batch);
  return accumulator.result();
}

Deno.test("accuracy of classes takes the largest logit, the first one on a tie", () => {
  const { metrics } = classification("digit", { classes: 3 });
  const batch = { output: [1, 2, 0, 5, 5, 5, 0, 1, 1], target: [1, 0, 2], rows: 3 };
  near([figure(metrics, "accuracy", batch)], [2 / 3]);
  near([figure(metrics, "accuracy", { ...batch, mask: [1, 0, 1] })], [1 / 2]);
  ok(metrics[0].higherIsBetter);
});

Deno.test("accuracy of yes and no puts the border at probability 1/2", () => {
  const { metrics } = binary("income");
  const batch = { output: [2, -2, 0, 0.1], target: [1, 1, 0, 0], rows: 4 };
  near([figure(metrics, "accuracy", batch)], [1 / 2]);
  near([figure(metrics, "accuracy", { ...batch, mask: [1, 0, 1, 0] })], [1]);
});

Deno.test("accuracy of several labels is the share of right labels", () => {
  const { metrics } = multiLabel("genres", { count: 3 });
  const batch = { output: [1, 1, 1, -1, -1, -1], target: [1, 1, 0, 0, 0, 1], rows: 2 };
  near([figure(metrics, "accuracy", batch)], [2 / 3]);
});

Deno.test("rmse, mae and r2 agree with numbers worked by hand", () => {
  const { metrics } = regression("slant");
  // Errors 1, -1, 2; mean target 2; squares of the targets about it 1 + 1 + 0.
  const batch = { output: [2, 2, 4], target: [1, 3, 2], rows: 3 };
  near([figure(metrics, "rmse", batch)], [Math.sqrt(2)]);
  near([figure(metrics, "mae", batch)], [4 / 3]);
  near([figure(metrics, "r2", batch)], [1 - 6 / 2]);
  deepStrictEqual(metrics.map((metric) => metric.higherIsBetter), [false, false, true]);
});

Deno.test("r2 is not a number where the targets do not vary", () => {
  const { metrics } = regression("slant");
  ok(Number.isNaN(figure(metrics, "r2", { output: [1, 2], target: [3, 3], rows: 2 })));
});

Deno.test("figures without any label are not a number", () => {
  for (const { metrics } of [regression("slant"), binary("income")]) {
    for (const { name } of metrics) {
      const batch = { output: [1], target: [1], mask: [0], rows: 1 };
      ok(Number.isNaN(figure(metrics, name)), name);
      ok(Number.isNaN(figure(metrics, name, batch)), name);
    }
  }
});

Deno.test("regression figures agree with direct formulas, however the rows come in batches", () => {
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const row = fc.record({ outputs: fc.tuple(number, number), targets: fc.tuple(number, number) });
  const { metrics } = regression("place", { outputs: 2 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), fc.nat(12), (rows, cut) => {
      const batches = [rows.slice(0, cut), rows.slice(cut)].map((part) => ({
        output: part.flatMap(({ outputs }) => outputs),
        target: part.flatMap(({ targets }) => targets),
        rows: part.length,
      }));
      const errors = rows.flatMap(({ outputs, targets }) =>
        outputs.map((output, k) => output - targets[k])
      );
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
      const squares = errors.map((error) => error ** 2);
      near([figure(metrics, "rmse", ...batches)], [Math.sqrt(mean(squares))], 1e-9);
      near([figure(metrics, "mae", ...batches)], [mean(errors.map(Math.abs))], 1e-9);
      let spread = 0;
      for (const k of [0, 1]) {
        const column = rows.map(({ targets }) => targets[k]);
        for (const value of column) spread += (value - mean(column)) ** 2;
      }
      // Below this the direct formula itself is rounding noise.
      if (spread < 1e-6) return;
      const expected = 1 - squares.reduce((sum, square) => sum + square) / spread;
      near([figure(metrics, "r2", ...batches)], [expected], 1e-6);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("a prediction of the mean explains nothing, a perfect one everything", () => {
  const { metrics } = regression("slant");
  const target = [1, 4, -2, 5];
  strictEqual(figure(metrics, "r2", { output: [2, 2, 2, 2], target, rows: 4 }), 0);
  strictEqual(figure(metrics, "r2", { output: target, target, rows: 4 }), 1);
});
