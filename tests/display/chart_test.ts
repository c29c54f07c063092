import assert from "node:assert/strict";
import {
  barChart,
  type Chart,
  comparisonChart,
  conflictChart,
  cosineMap,
  displaySymbol,
  heatMap,
  landscape,
  lineChart,
  plotlyMimeType,
  reportChart,
  scatterChart,
} from "../../lib/display/mod.ts";
import { contourPath } from "../../lib/display/_svg_field.ts";
import { watchedHistory } from "./_watched_history.ts";
import { assertNoLeaks, assertWellFormed, textContent } from "./_markup_check.ts";

const nasty = `<b>a & "b"</b>`;

const watched = watchedHistory(["left", nasty]);

const charts: Record<string, Chart> = {
  line: lineChart({
    title: nasty,
    x: "epoch",
    y: { label: "accuracy", unit: "%" },
    series: [
      { name: nasty, y: [71.5, NaN, 93.25], lower: [70, NaN, 92], upper: [73, NaN, 94] },
      { name: "other", x: [1, 2], y: [50, 60] },
    ],
  }),
  log: lineChart({
    title: "Loss",
    x: "step",
    y: { label: "loss", scale: "log" },
    series: { loss: Array.from({ length: 300 }, (_, i) => 2 * 0.98 ** i) },
  }),
  bars: barChart({
    title: "Bars",
    x: nasty,
    y: "gain",
    categories: [nasty, "b"],
    series: [{ name: "gain", values: [1.25, -0.5], lower: [1, -0.75], upper: [1.5, -0.25] }],
  }),
  scatter: scatterChart({
    title: "Scatter",
    x: "left",
    y: "right",
    series: [
      { name: "methods", x: [1, 2], y: [3, 4], labels: [nasty, "equal"] },
      { name: "sweep", x: [1, 2, 3], y: [5, 4, 1], joined: true },
    ],
  }),
  heat: heatMap({
    title: "Cosines",
    x: "task",
    y: "task",
    measure: "cosine",
    rows: ["0", nasty],
    values: [[1, -0.25], [-0.25, NaN]],
  }),
  landscape: landscape({
    title: "Bowl",
    x: "first",
    y: "second",
    xRange: [-2, 2],
    yRange: [-1, 1],
    height: "loss",
    at: (x, y) => x > 1.9 ? NaN : x * x + 4 * y * y,
    resolution: 21,
    paths: [{ name: nasty, x: [1, 0.5, 0.25], y: [1, 0.5, 0] }],
    points: [{ name: "best", x: 0, y: 0 }],
  }),
  comparison: comparisonChart({
    title: "Compare",
    measure: "accuracy",
    runs: {
      [nasty]: { left: [0.5, 0.6, 0.7], right: [0.4, 0.4, 0.4] },
      other: { left: [0.8], right: [] },
    },
  }),
  cosines: cosineMap(watched, { title: nasty }),
  conflicts: conflictChart(watched),
  reports: reportChart(watched),
};

for (const [name, chart] of Object.entries(charts)) {
  Deno.test(`${name}: the HTML form is well-formed, named and escaped`, () => {
    const html = chart.bundle()["text/html"]!;
    assertWellFormed(html);
    assert.ok(!html.includes("<b>"));
    const label = /role="img" aria-label="([^"]+)"/.exec(html);
    assert.ok(label && label[1].length > 20, "an alternative text of some length");
    assert.match(html, /<details>.*<table/s);
    // Values that are not there may stand as NaN in the data, but never in a drawing.
    for (const [drawing] of html.matchAll(/<svg.*?<\/svg>/gs)) {
      assertNoLeaks(drawing.replaceAll(">NaN<", "><").replaceAll(": NaN<", "<"));
    }
  });

  Deno.test(`${name}: the Plotly form is plain JSON for light and dark pages`, () => {
    const figure = chart.bundle()[plotlyMimeType]!;
    assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure, "nothing that JSON would lose");
    // Plotly draws neither the groups of the legend nor the alternative text.
    const drawn = (key: string, value: unknown) =>
      key === "legendgroup" || key === "meta" ? undefined : value;
    const text = JSON.stringify(figure, drawn);
    assert.ok(!text.includes("<b>a"), "names are escaped for Plotly's own markup");
    const layout = figure.layout as Record<string, unknown>;
    assert.equal(layout.paper_bgcolor, "rgba(0,0,0,0)");
    assert.equal((layout.meta as { alt: string }).alt, chart.figure.alt);
    assert.ok(figure.data.length > 0);
    for (const trace of figure.data) {
      assert.ok(layout[String(trace.xaxis).replace("x", "xaxis")], "every trace has its axis");
    }
  });

  Deno.test(`${name}: the text form begins with the title and is the same every time`, () => {
    assert.equal(`${chart}`, chart.bundle()["text/plain"]);
    assert.ok(`${chart}`.startsWith(chart.figure.title));
    assert.deepEqual(chart[displaySymbol](), chart.bundle());
  });
}

Deno.test("the text of a chart holds its numbers", () => {
  const line = `${charts.line}`;
  assert.match(line, /93\.25 \[92\.00, 94\.00\]/);
  assert.match(line, /accuracy \(%\)/);
  assert.match(`${charts.bars}`, /1\.250 \[1\.000, 1\.500\]/);
  assert.match(`${charts.heat}`, /−0\.25/);
  assert.match(`${charts.log}`, /loss +300 +2 +0\.004760/);
});

Deno.test("columns of a matrix stay in their order even when they look like numbers", () => {
  const confusion = heatMap({
    title: "Confusion",
    x: "predicted",
    y: "true",
    measure: "count",
    rows: ["0", "1"],
    values: [[7, 1], [2, 8]],
  });
  assert.match(`${confusion}`, /true \\ predicted +0 +1\n[─ ]+\n0 +7 +1\n1 +2 +8/);
});

Deno.test("a comparison shows Student's 95 % interval of the mean", () => {
  // Mean 0.6, standard deviation 0.1, three seeds: 4.3027 * 0.1 / sqrt(3) = 0.24841.
  assert.match(charts.comparison.figure.alt, /0\.6 \(0\.3516 to 0\.8484\)/);
  assert.match(charts.comparison.figure.alt, /other 0\.8, |other 0\.8;/, "one seed, no interval");
  assert.match(charts.comparison.figure.alt, /other has no values/);
});

Deno.test("a heat map has two colours only when values lie on both sides of zero", () => {
  const range = (values: number[][]) => {
    const mark = heatMap({ title: "t", x: "x", y: "y", measure: "m", rows: ["a", "b"], values })
      .figure.panels[0].marks[0];
    return mark.kind === "cells" && [mark.diverging, ...mark.range];
  };
  assert.deepEqual(range([[0, 4], [2, 3]]), [false, 0, 4]);
  assert.deepEqual(range([[0.5, -2], [1, 1]]), [true, -2, 2]);
});

Deno.test("a landscape tells where each path starts and ends, and how high", () => {
  assert.match(charts.landscape.figure.alt, /from \(1, 1\) to \(0\.25, 0\); best at \(0, 0\)\.$/);
  assert.match(`${charts.landscape}`, /\(1, 1\) +\(0\.25, 0\) +0\.06250 +2\n/);
});

Deno.test("lines of equal height lie where the height is the level", () => {
  const places = Array.from({ length: 41 }, (_, i) => -2 + i / 10);
  const field = {
    label: "",
    x: places,
    y: places,
    values: places.map((y) => places.map((x) => x * x + y * y)),
  };
  const path = contourPath(field, 1, (x, y) => [100 * x, 100 * y]);
  const ends = [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [+x, +y]);
  assert.ok(ends.length > 60);
  for (const [x, y] of ends) {
    assert.ok(Math.abs(Math.hypot(x, y) - 100) < 0.5, `${x}, ${y} is on the circle`);
  }
});

Deno.test("an alternative text of one's own is used everywhere", () => {
  const bundle = lineChart({ title: "t", alt: "my words", x: "x", y: "y", series: { a: [1, 2] } })
    .bundle();
  assert.match(bundle["text/html"]!, /aria-label="my words"/);
  assert.match(bundle["text/plain"], /my words/);
});

Deno.test("empty and single-valued charts can be drawn", () => {
  for (const y of [[], [1], [NaN], [2, 2, 2]]) {
    const bundle = lineChart({ title: "t", x: "x", y: "y", series: { a: y } }).bundle();
    assertWellFormed(bundle["text/html"]!);
    for (const [drawing] of bundle["text/html"]!.matchAll(/<svg.*?<\/svg>/gs)) {
      assertNoLeaks(drawing);
    }
  }
});

Deno.test("arrays of the wrong length are named", () => {
  const options = { title: "t", x: "x", y: "y" };
  assert.throws(
    () => lineChart({ ...options, series: [{ name: "a", y: [1, 2], x: [1] }] }),
    /in x as in y of line "a", 2, but found 1/,
  );
  assert.throws(
    () => lineChart({ ...options, series: [{ name: "a", y: [1], lower: [1] }] }),
    /"a" has only one end/,
  );
  assert.throws(
    () => barChart({ ...options, categories: ["a", "b"], series: { n: [1] } }),
    /bars "n", 2, but found 1/,
  );
  assert.throws(
    () => heatMap({ ...options, measure: "m", rows: ["a"], values: [[1, 2]] }),
    /Expected 1 values in row "a" but found 2/,
  );
  assert.throws(
    () => scatterChart({ ...options, series: [{ name: "p", x: [1], y: [] }] }),
    /points "p"/,
  );
});

Deno.test("the HTML form holds every number of the data", () => {
  const text = textContent(charts.scatter.html());
  for (const part of ["methods", "sweep", "equal", nasty]) assert.ok(text.includes(part), part);
});
