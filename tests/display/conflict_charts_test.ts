import assert from "node:assert/strict";
import { conflicts } from "../../lib/analysis/mod.ts";
import {
  conflictChart,
  cosineMap,
  displaySymbol,
  installDisplays,
  isDisplayable,
  type LineMark,
  type Panel,
  reportChart,
} from "../../lib/display/mod.ts";
import { historyOf, watchedHistory } from "./_watched_history.ts";

const history = watchedHistory(["left", "right"]);

const cellsOf = (panel: Panel) => {
  const [mark] = panel.marks;
  assert.ok(mark.kind === "cells");
  return mark;
};

const lineOf = (panel: Panel, name: string) => {
  const mark = panel.marks.find((each) => each.name === name);
  assert.ok(mark?.kind === "line", `a line named ${name}`);
  return mark as LineMark;
};

Deno.test("a cosine map shows the mean over the run, or the last record up to a step", () => {
  const mean = cosineMap(history);
  // The recorded cosines are 0.5, 0.45 … -0.45.
  const cells = cellsOf(mean.figure.panels[0]);
  assert.ok(Math.abs(cells.values[0][1] - 0.025) < 1e-9);
  assert.deepEqual([cells.rows, [...cells.range], cells.diverging], [
    ["left", "right"],
    [-1, 1],
    true,
  ]);
  assert.equal(mean.figure.note, "mean over 20 recorded steps");
  const late = cosineMap(conflicts(history), { step: 22 });
  assert.ok(Math.abs(cellsOf(late.figure.panels[0]).values[1][0]) < 1e-9);
  assert.equal(late.figure.note, "step 21");
  assert.match(`${late}`, /cosine lies between 0 and 1/);
  assert.throws(
    () => cosineMap(history, { step: 0 }),
    /up to step 0; the first recorded step is 1/,
  );
  assert.throws(() => cosineMap(historyOf(["a"], [])), /gramianEvery/);
});

Deno.test("tasks that were absent leave their cells empty, and names like numbers keep their rows", () => {
  const partial = historyOf(["9", "b", "1"], [
    { step: 1, epoch: 1, losses: { "9": 1, "1": 1 }, gramian: [[1, -3], [-3, 16]] },
  ]);
  const { values } = cellsOf(cosineMap(partial, { step: 1 }).figure.panels[0]);
  assert.deepEqual(values, [[1, NaN, -0.75], [NaN, NaN, NaN], [-0.75, NaN, 1]]);
  const { figure } = conflictChart(partial);
  assert.deepEqual(figure.keyNumbers?.map(({ pair }) => pair), ["9 and 1"]);
});

Deno.test("a conflict chart draws pairs, condition number and weights over the recorded steps", () => {
  const { figure } = conflictChart(history);
  assert.deepEqual(figure.panels.map(({ title }) => title), [
    "cosine",
    "magnitude similarity",
    "condition number",
    "weights",
  ]);
  const cosine = lineOf(figure.panels[0], "left and right");
  assert.deepEqual([cosine.x.length, cosine.x[0], cosine.x.at(-1)], [20, 1, 39]);
  assert.ok(Math.abs(cosine.y[19] + 0.45) < 1e-9);
  assert.ok(lineOf(figure.panels[1], "left and right").y.every((y) => Math.abs(y - 0.8) < 1e-9));
  // Orthogonal gradients at step 21: the condition number is the ratio of the lengths.
  assert.ok(Math.abs(lineOf(figure.panels[2], "condition number").y[10] - 2) < 1e-6);
  assert.equal(figure.panels[2].y.scale, "log");
  assert.equal(lineOf(figure.panels[3], "left").y[0], 0.5);
  assert.match(figure.alt, /left and right have a mean cosine of 0\.025 and conflict in 45 %/);
  assert.match(figure.alt, /median of 2\.\d+ and lies between 2 and/);
  assert.match(`${conflictChart(history)}`, /left and right +0\.02500 +−0\.4500 +0\.5000 +45/);
});

Deno.test("panels, pairs, means and shares can be chosen", () => {
  const { figure } = conflictChart(history, {
    show: ["weights", "cosine"],
    pairs: [["right", "left"]],
    average: 3,
    weights: "share",
  });
  assert.deepEqual(figure.panels.map(({ title }) => title), ["shares of the weights", "cosine"]);
  const { y } = lineOf(figure.panels[1], "right and left");
  // Two values at the ends, three between them.
  assert.ok(Math.abs(y[0] - 0.475) < 1e-9 && Math.abs(y[1] - 0.45) < 1e-9);
  assert.equal(figure.note, "means over 3 recorded steps");
  const shares = lineOf(figure.panels[0], "left").y;
  assert.ok(Math.abs(shares[0] - 0.51) < 1e-9);
  assert.throws(() => conflictChart(history, { pairs: [["left", "up"]] }), /no task "up"/);
  assert.throws(() => conflictChart(history, { average: 0 }), /whole number from 1, but is 0/);
});

Deno.test("of many pairs those with the lowest mean cosine are drawn", () => {
  const tasks = ["a", "b", "c", "d", "e"];
  // Every pair has a cosine of its own, from 0.1 to 0.19.
  let next = 0;
  const gramian = tasks.map(() => tasks.map(() => 1));
  tasks.forEach((_, i) =>
    tasks.slice(i + 1).forEach((_, j) => {
      gramian[i][i + 1 + j] = gramian[i + 1 + j][i] = 0.1 + 0.01 * next++;
    })
  );
  const losses = Object.fromEntries(tasks.map((task) => [task, 1]));
  const { figure } = conflictChart(historyOf(tasks, [{ step: 1, epoch: 1, losses, gramian }]));
  assert.equal(figure.panels.length, 3, "no weights were reported");
  assert.equal(figure.panels[0].marks.length, 8);
  assert.equal(figure.panels[0].marks[0].name, "a and b");
  assert.match(figure.note!, /8 of 10 pairs/);
});

Deno.test("a chart of dependent gradients leaves a gap and says so", () => {
  const { figure } = conflictChart(historyOf(["a", "b"], [
    { step: 1, epoch: 1, losses: { a: 1, b: 1 }, gramian: [[1, 0], [0, 1]] },
    { step: 2, epoch: 1, losses: { a: 1, b: 1 }, gramian: [[1, 1], [1, 1]] },
  ]));
  assert.deepEqual(lineOf(figure.panels[2], "condition number").y, [1, NaN]);
  assert.match(figure.alt, /infinite in 1 steps\.$/);
});

Deno.test("a report chart counts what the balancer said, and shows its weights", () => {
  const chart = reportChart(history);
  const [weights, reported] = chart.figure.panels;
  assert.equal(lineOf(weights, "right").y[39], 0.5 - 0.39);
  const clipped = lineOf(reported, "clipped").y;
  assert.deepEqual([clipped[29], clipped[30], clipped[39]], [0, 1, 10]);
  assert.equal(lineOf(reported, "nothing to report").y[39], 30);
  assert.match(chart.figure.alt, /clipped in 10 \(25 %\), nothing to report in 30 \(75 %\)/);
  assert.match(chart.figure.alt, /Weights at step 40: left 0\.89, right 0\.11\.$/);
  assert.match(`${chart}`, /clipped +10 .* 31 +40 +clipped: the update had length 30/);
  assert.throws(() => reportChart(historyOf(["a"], [])), /no step/);
});

Deno.test("a balancer without weights or notes has a report too", () => {
  const { figure } = reportChart(historyOf(["a"], [{ step: 1, epoch: 1, losses: { a: 1 } }]));
  assert.deepEqual(figure.panels.map(({ title }) => title), ["what it reported"]);
  assert.match(figure.alt, /nothing to report in 1 \(100 %\)\. No weights\.$/);
});

Deno.test("conflicts show themselves as their trajectories", async () => {
  installDisplays();
  const seen = conflicts(history);
  assert.ok(isDisplayable(seen));
  const bundle = await seen[displaySymbol]();
  assert.match(bundle["text/plain"], /^How the task gradients lie to each other/);
});
