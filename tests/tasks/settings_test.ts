import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import {
  binary,
  box,
  classification,
  ctc,
  depth,
  multiLabel,
  ordinal,
  regression,
  segmentation,
  tagging,
  type Task,
  taskFromConfiguration,
} from "polytask";

const tasks: readonly Task[] = [
  classification("digit", { classes: 3, labels: ["a", "b", "c"], hidden: [8] }),
  classification("plain", { classes: 2 }),
  binary("income", { hidden: [4, 4] }),
  regression("place", { outputs: 2 }),
  regression("slant"),
  multiLabel("genres", { count: 2, labels: ["x", "y"], pool: "max", metrics: ["microF1"] }),
  regression("robust", { loss: "huber", delta: 2 }),
  regression("unsure", { noise: "learned", outputs: 3 }),
  ordinal("stars", { classes: 5, pool: "max", hidden: [4] }),
  tagging("tags", { classes: 2, labels: ["O", "B-x"], crf: true, metrics: ["spanF1"] }),
  ctc("letters", { symbols: ["a", "b"], hidden: [3] }),
  segmentation("parts", { classes: 3, height: 4, width: 6, dice: 0.5, hidden: [8] }),
  depth("far", { height: 4, width: 6, loss: "huber", delta: 0.1 }),
  box("place", { delta: 0.2, pool: "mean" }),
  binary("click", { metrics: ["auc", "f1"], pool: "mean" }),
  classification("rare", { classes: 3, loss: "focal", gamma: 1, metrics: ["macroF1"] }),
];

Deno.test("a task comes back from its configuration, through JSON", () => {
  for (const task of tasks) {
    const again = taskFromConfiguration(JSON.parse(JSON.stringify(task.configuration)));
    for (const key of ["name", "kind", "targetType", "targetShape", "outputShape"] as const) {
      deepStrictEqual(again[key], task[key], `${task.name}: ${key}`);
    }
    deepStrictEqual(again.hidden, task.hidden);
    deepStrictEqual(again.labels, task.labels);
    deepStrictEqual(again.head, task.head);
    deepStrictEqual(
      again.metrics.map((metric) => metric.name),
      task.metrics.map((metric) => metric.name),
    );
    strictEqual(JSON.stringify(again.configuration), JSON.stringify(task.configuration));
  }
});

Deno.test("an unknown kind of saved task is named, with the known ones", () => {
  throws(
    () => taskFromConfiguration({ kind: "parsing", name: "words" }),
    /"parsing".*binary, box, classification, ctc, depth, multi-label, ordinal, regression/,
  );
});

Deno.test("settings out of range are refused with the task and the setting", () => {
  throws(() => classification("digit", { classes: 1 }), /"digit".*classes.*from 2.*is 1/);
  throws(() => classification("digit", { classes: 2.5 }), /"digit".*classes.*2\.5/);
  throws(
    () => classification("digit", { classes: 2, gamma: -1 }),
    /"digit".*gamma.*from 0.*is -1/,
  );
  throws(() => regression("slant", { outputs: 0 }), /"slant".*outputs.*from 1.*is 0/);
  throws(() => multiLabel("genres", { count: 0 }), /"genres".*count.*from 1.*is 0/);
  throws(
    () => classification("digit", { classes: 3, labels: ["one"] }),
    /"digit" has 1 label names for 3 classes/,
  );
});

Deno.test("hidden layers of a head have whole numbers of units", () => {
  throws(() => binary("income", { hidden: [8, 0] }), /"income".*hidden.*from 1.*8, 0/);
  throws(() => classification("digit", { classes: 2, hidden: [1.5] }), /"digit".*hidden.*1\.5/);
  throws(() => regression("slant", { hidden: [-1] }), /"slant".*hidden/);
  throws(() => multiLabel("genres", { count: 2, hidden: [NaN] }), /"genres".*hidden/);
});

Deno.test("names are fit for keys and files", () => {
  for (const name of ["left", "größe", "income over 50k", "a-b_c", "0"]) binary(name);
  for (const name of ["", " left", "a/b", "a.b", 'say "x"', "constructor", "toString"]) {
    throws(() => binary(name), RangeError, name);
  }
});

Deno.test("targets that cannot be right get a sentence", () => {
  const [digit, , income, place, slant, genres] = tasks;
  const say = (task: Task, values: number[], shape: number[] = []) =>
    task.checkTarget(Float32Array.from(values), shape) ?? "";
  match(say(digit, [0, 1, 3]), /row 2 is 3.*classes go from 0 to 2/);
  match(say(digit, [0, -1]), /row 1 is -1/);
  match(say(digit, [0.5]), /row 0 is 0\.5/);
  match(say(digit, [0, 1], [2]), /shape \[\] per row, not \[2\]/);
  match(say(income, [0, 1, 2]), /value 2 is 2, but labels are 0 or 1/);
  match(say(income, [1], [1]), /shape \[\] per row, not \[1\]/);
  match(say(place, [1, 2], []), /shape \[2\] per row, not \[\]/);
  match(say(place, [1, Infinity], [2]), /value 1 is Infinity, not a finite number/);
  match(say(slant, [1, NaN]), /value 1 is NaN/);
  match(say(genres, [1, 0.5], [2]), /value 1 is 0\.5/);
  match(say(genres, [1, 0], [1]), /shape \[2\] per row, not \[1\]/);
});

Deno.test("targets that are right pass", () => {
  const right: [Task, number[], number[]][] = [
    [tasks[0], [0, 1, 2], []],
    [tasks[2], [0, 1], []],
    [tasks[3], [0.5, -2], [2]],
    [tasks[4], [1e30], []],
    [tasks[5], [0, 1], [2]],
  ];
  for (const [task, values, shape] of right) {
    strictEqual(task.checkTarget(values, shape), undefined, task.name);
    ok(task.metrics.length > 0);
  }
});
