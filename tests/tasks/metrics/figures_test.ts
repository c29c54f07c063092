import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { binary, classification, type Metric, metrics, multiLabel, regression } from "polytask";
import oracle from "../../oracles/tasks_sklearn.json" with { type: "json" };
import { near } from "../../_numbers.ts";

/** The figure of a metric over rows that come in two batches. */
function figure(
  all: readonly Metric[],
  name: string,
  output: readonly number[],
  target: readonly number[],
  rows: number,
): number {
  const accumulator = all.find((metric) => metric.name === name)!.start();
  const cut = Math.floor(rows / 3);
  const width = [output.length / rows, target.length / rows];
  for (const [from, to] of [[0, cut], [cut, rows]]) {
    accumulator.update({
      output: output.slice(from * width[0], to * width[0]),
      target: target.slice(from * width[1], to * width[1]),
      rows: to - from,
    });
  }
  return accumulator.result();
}

const every = ["accuracy", "auc", "precision", "recall", "f1", "calibration", "logLoss"] as const;

Deno.test("yes-or-no figures are those of scikit-learn, ties included", () => {
  const task = binary("yes", { metrics: every });
  for (const { name, logits, labels, ...expected } of oracle.binary) {
    for (const [metric, value] of Object.entries(expected)) {
      const found = figure(task.metrics, metric, logits, labels, labels.length);
      near([found], [value], 1e-12, `${name}, ${metric}`);
    }
    const chances = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    near([metrics.areaUnderCurve(logits, labels)], [expected.auc], 1e-12, name);
    near([metrics.logLoss(chances, labels)], [expected.logLoss], 1e-12, name);
    const { precision, recall, f1 } = metrics.foundScore(
      logits.map((logit) => Number(logit > 0)),
      labels,
    );
    near([precision, recall, f1], [expected.precision, expected.recall, expected.f1], 1e-12);
  }
});

Deno.test("figures of classes and of numbers are those of scikit-learn", () => {
  const { logits, labels, accuracy, macroF1, meanIou } = oracle.classes;
  const task = classification("kind", { classes: 4, metrics: ["accuracy", "macroF1"] });
  near([figure(task.metrics, "accuracy", logits.flat(), labels, 60)], [accuracy], 1e-12);
  near([figure(task.metrics, "macroF1", logits.flat(), labels, 60)], [macroF1], 1e-12);
  const counts = new metrics.Confusion(4);
  labels.forEach((label, row) => counts.add(label, logits[row].indexOf(Math.max(...logits[row]))));
  near([counts.meanIou(), counts.macroF1(), counts.accuracy()], [meanIou, macroF1, accuracy]);
  const { outputs, targets, ...expected } = oracle.regression;
  const numbers = regression("place", { outputs: 2 });
  for (const [name, value] of Object.entries(expected)) {
    near([figure(numbers.metrics, name, outputs.flat(), targets.flat(), 60)], [value], 1e-12, name);
  }
});

Deno.test("figures of several labels are those of scikit-learn", () => {
  const { logits, truth, ...expected } = oracle.labels;
  const task = multiLabel("marks", {
    count: 5,
    metrics: ["accuracy", "exactMatch", "microF1", "macroF1"],
  });
  for (const [name, value] of Object.entries(expected)) {
    near([figure(task.metrics, name, logits.flat(), truth.flat(), 30)], [value], 1e-12, name);
  }
});

Deno.test("the area under the curve is the share of ordered pairs", () => {
  const example = fc.record({ score: fc.integer({ min: 0, max: 6 }), label: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(example, { maxLength: 20 }), (examples) => {
      const [yes, no] = [1, 0].map((kind) => examples.filter(({ label }) => label === kind));
      let sum = 0;
      for (const { score } of yes) {
        for (const other of no) sum += (Math.sign(score - other.score) + 1) / 2;
      }
      const found = metrics.areaUnderCurve(
        examples.map(({ score }) => score),
        examples.map(({ label }) => label),
      );
      if (yes.length * no.length === 0) return void ok(Number.isNaN(found));
      near([found], [sum / (yes.length * no.length)], 1e-12);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("scores that are not numbers, or of one kind only, have no area", () => {
  ok(Number.isNaN(metrics.areaUnderCurve([0.1, NaN], [0, 1])));
  ok(Number.isNaN(metrics.areaUnderCurve([0.1, 0.2], [1, 1])));
  strictEqual(metrics.areaUnderCurve([-Infinity, Infinity], [0, 1]), 1);
  throws(() => metrics.areaUnderCurve([1], [1, 0]), /as many scores as labels.*1 and 2/);
});

Deno.test("calibration error worked by hand, with borders in the lower bin", () => {
  // Bins (0, 1/2] and (1/2, 1]: 0, 0.25, 0.5 with one right of three; 0.75, 1 with one right of two.
  const error = metrics.calibrationError([0, 0.25, 0.5, 0.75, 1], [0, 0, 1, 1, 0], { bins: 2 });
  near([error], [(Math.abs(0.75 - 1) + Math.abs(1.75 - 1)) / 5], 1e-12);
  strictEqual(metrics.calibrationError([1, 1], [1, 1]), 0);
  ok(Number.isNaN(metrics.calibrationError([], [])));
  ok(Number.isNaN(metrics.calibrationError([NaN], [1])));
  throws(() => metrics.calibrationError([1], [1], { bins: 0 }), /bins.*from 1.*is 0/);
  // Logit 0 is a no of which the model is one half sure: right for label 0.
  const yes = binary("yes", { metrics: ["calibration"] });
  near([figure(yes.metrics, "calibration", [0, 0], [0, 1], 2)], [0], 1e-12);
  // Softmax of (log 3, 0) is 3/4 sure, and wrong once in two.
  const kind = classification("kind", { classes: 2, metrics: ["calibration"] });
  const rows = [Math.log(3), 0, Math.log(3), 0];
  near([figure(kind.metrics, "calibration", rows, [0, 1], 2)], [1 / 4], 1e-12);
});

Deno.test("edit distance and error rate worked by hand", () => {
  const of = (from: string, to: string) => metrics.editDistance([...from], [...to]);
  deepStrictEqual(
    [of("", ""), of("abc", ""), of("", "ab"), of("kitten", "sitting"), of("saturday", "sunday")],
    [0, 3, 2, 3, 3],
  );
  near([metrics.errorRate([["a", "b"], []], [["a"], ["c", "d"]])], [3 / 3]);
  ok(Number.isNaN(metrics.errorRate([["a"]], [[]])));
  throws(() => metrics.errorRate([], [["a"]]), /0 found sequences for 1 true/);
  const word = fc.array(fc.nat(2), { maxLength: 7 });
  fc.assert(fc.property(word, word, word, (one, other, third) => {
    const distance = metrics.editDistance(one, other);
    strictEqual(metrics.editDistance(other, one), distance);
    ok(distance >= Math.abs(one.length - other.length));
    ok(distance <= metrics.editDistance(one, third) + metrics.editDistance(third, other));
  }));
});

Deno.test("figures without a case to count are not a number", () => {
  const none = metrics.foundScore([0, 0], [0, 0]);
  deepStrictEqual(none, { precision: NaN, recall: NaN, f1: NaN });
  deepStrictEqual(metrics.foundScore([0], [1]), { precision: NaN, recall: 0, f1: 0 });
  ok(Number.isNaN(metrics.logLoss([], [])));
  ok(Number.isNaN(new metrics.Confusion(3).meanIou()));
});

Deno.test("an unknown metric is refused with the known ones", () => {
  const names = ["auc", "area"] as unknown as readonly ["auc"];
  throws(() => binary("yes", { metrics: names }), /"yes".*no metric "area".*accuracy, auc/);
});
