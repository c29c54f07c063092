import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { conflicts, gradientGeometry } from "../../lib/analysis/conflicts.ts";
import { History, type StepRecord } from "../../lib/training/mod.ts";

function assertClose(found: number, expected: number, tolerance = 1e-7) {
  ok(Math.abs(found - expected) <= tolerance, `${found} and ${expected}`);
}

function historyOf(steps: StepRecord[]) {
  return new History({
    run: { seed: 0, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
    tasks: ["a", "b", "c"],
    epochs: [],
    steps,
    stopped: "finished",
  });
}

Deno.test("gradientGeometry gives the known values", () => {
  const { lengths, cosines, magnitudeSimilarities, conditionNumber } = gradientGeometry([
    [18, -22],
    [-22, 38],
  ]);
  assertClose(lengths[0], Math.sqrt(18));
  assertClose(cosines[0][1], -0.84119102);
  assertClose(cosines[1][1], 1);
  assertClose(magnitudeSimilarities[1][0], 0.93404977);
  assertClose(conditionNumber, 3.68869974);
});

Deno.test("gradientGeometry of dependent and of zero gradients", () => {
  strictEqual(gradientGeometry([[1, 2], [2, 4]]).conditionNumber, Infinity);
  strictEqual(gradientGeometry([[4, 0], [0, 4]]).conditionNumber, 1);
  const { cosines, conditionNumber } = gradientGeometry([[0, 0], [0, 1]]);
  ok(Number.isNaN(cosines[0][1]));
  strictEqual(conditionNumber, Infinity);
});

Deno.test("conflicts follow pairs over the steps in which both tasks were present", () => {
  const found = conflicts(historyOf([
    {
      step: 1,
      epoch: 1,
      losses: { a: 1, b: 2, c: 3 },
      weights: { a: 0.2, b: 0.3, c: 0.5 },
      gramian: [[1, -0.5, 0], [-0.5, 1, 0], [0, 0, 4]],
    },
    { step: 2, epoch: 1, losses: { a: 1 } },
    { step: 3, epoch: 1, losses: { a: 1, b: 1 }, gramian: [[1, 0.25], [0.25, 1]] },
  ]));
  deepStrictEqual(found.pair("a", "b"), {
    steps: [1, 3],
    cosines: [-0.5, 0.25],
    magnitudeSimilarities: [1, 1],
  });
  deepStrictEqual(found.pair("c", "a").steps, [1]);
  deepStrictEqual(found.records[0].weights, [0.2, 0.3, 0.5]);
  assertClose(found.meanCosines()[0][1], -0.125);
  deepStrictEqual(found.conflictShares()[1][0], 0.5);
  deepStrictEqual(found.conflictShares()[2][0], 0);
  deepStrictEqual(JSON.parse(JSON.stringify(found)).records.length, 2);
  throws(() => found.pair("a", "d"), /no task "d"; there are a, b, c/);
  throws(() => conflicts(historyOf([])), /gramianEvery/);
});

Deno.test("the rows of a Gramian are in the order of the model, whatever the tasks are called", () => {
  const history = new History({
    run: { seed: 0, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
    tasks: ["2", "1"],
    epochs: [],
    steps: [{
      step: 4,
      epoch: 1,
      losses: { "2": 1, "1": 2 },
      weights: { "2": 0.25, "1": 0.75 },
      gramian: [[4, 0], [0, 9]],
    }],
    stopped: "finished",
  });
  const [record] = conflicts(history).records;
  deepStrictEqual([record.tasks, record.lengths, record.weights], [["2", "1"], [2, 3], [
    0.25,
    0.75,
  ]]);
  deepStrictEqual(conflicts(history).cosinesAt(5), { step: 4, cosines: [[1, 0], [0, 1]] });
  throws(() => conflicts(history).cosinesAt(3), /up to step 3; the first recorded step is 4/);
});
