import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import {
  coefficientMap,
  linearPathChart,
  singularValueChart,
  supportChart,
} from "../../lib/display/mod.ts";
import * as linear from "../../lib/linear/mod.ts";

const { data, support } = linear.generateTasks({
  tasks: 4,
  features: 15,
  rows: 30,
  structure: "support",
  size: 3,
  seed: 1,
});
const path = linear.path(data, { penalty: linear.jointFeatures });
const model = path.models[8];

Deno.test("a path chart draws the features that grow largest, over falling strengths", () => {
  const { panels: [{ marks, x }] } = linearPathChart(path, { lines: 3 }).figure;
  strictEqual(x.scale, "log");
  const names = support.map((j) => data.features[j]).sort();
  deepStrictEqual(marks.map((mark) => (mark as { name: string }).name).sort(), names);
  const [line] = marks as unknown as { x: number[]; y: number[] }[];
  deepStrictEqual(line.x, [...path.strengths]);
  strictEqual(line.y[0], 0);
  const own = linearPathChart(path, { of: { task: "task 2" }, lines: 1 }).figure.panels[0];
  match(own.y.label, /coefficient in task 2/);
});

Deno.test("a coefficient map has a row a feature and a column a task, or says what it leaves out", () => {
  const [mark] = coefficientMap(model).figure.panels[0].marks as unknown as [
    { rows: string[]; columns: string[]; values: number[][] },
  ];
  deepStrictEqual(mark.rows, [...data.features]);
  deepStrictEqual(mark.columns, data.tasks.map(({ name }) => name));
  strictEqual(mark.values[support[0]][2], model.coefficientsOf("task 3")[support[0]]);
  match(coefficientMap(model, { most: 5 }).figure.note!, /5 of 15 features/);
  throws(() => coefficientMap(model, { part: 1 }), /1 parts, so there is no part 1/);
});

Deno.test("singular values and supports are drawn as they are", () => {
  const [mark] = singularValueChart({ joint: model }).figure.panels[0].marks as unknown as [
    { y: number[] },
  ];
  deepStrictEqual(mark.y, [...linear.singularValues(model.coefficients, 4, 15)]);
  const bars = supportChart(model, { truth: support }).figure.panels[0].marks as unknown as {
    name: string;
    y: number[];
  }[];
  deepStrictEqual(bars.map(({ name }) => name), ["true features", "other features"]);
  ok(support.every((j) => bars[0].y[j] === 4));
});
