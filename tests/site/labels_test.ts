/** Draws charts whose names hardly fit, in a browser, and looks whether all of them can be read. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { comparisonChart, plotlyMimeType } from "../../lib/display/mod.ts";
import { launchBrowser } from "./_browser.ts";

const plotly = fileURLToPath(
  new URL(
    "../../node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
    import.meta.url,
  ),
);

const names = [
  "equal weights",
  "MGDA",
  "PCGrad",
  "GradVac",
  "CAGrad",
  "IMTL-G",
  "Nash-MTL",
  "FairGrad",
  "Aligned-MTL",
  "DualProj",
  "GradDrop",
  "MGDA by layers",
];

const chart = comparisonChart({
  title: "Long names",
  measure: "accuracy",
  runs: Object.fromEntries(names.map((name) => [name, { digit: [0.5, 0.6, 0.7] }])),
});

Deno.test("every name under a comparison is drawn, and drawn whole", async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    await page.setContent('<div id="drawing">' + chart.html() + '</div><div id="figure"></div>');
    await page.addScriptTag({ content: await Deno.readTextFile(plotly) });
    await page.evaluate(async (figure) => {
      type Library = { newPlot(id: string, ...parts: unknown[]): Promise<void> };
      const { Plotly } = globalThis as unknown as { Plotly: Library };
      const { data, layout, config } = figure as Record<string, unknown>;
      await Plotly.newPlot("figure", data, layout, config);
    }, chart.bundle()[plotlyMimeType] as unknown as Record<string, unknown>);
    for (const selector of ["#drawing svg text", "#figure .xtick text"]) {
      const seen = await page.$$eval(selector, (texts) =>
        texts.filter((text) => {
          const box = text.getBoundingClientRect();
          const around = text.closest("svg")!.getBoundingClientRect();
          return getComputedStyle(text).opacity !== "0" &&
            getComputedStyle(text).display !== "none" &&
            box.width > 0 && box.left >= around.left - 1 && box.right <= around.right + 1;
        }).map((text) => text.textContent));
      assert.deepEqual(names.filter((name) => !seen.includes(name)), [], selector);
    }
  } finally {
    await browser.close();
  }
});
