import type { PlotlyFigure } from "./displayable.ts";
import { type Axis, axisTitle, type CellsMark, type Figure, seriesLooks } from "./figure.ts";
import { neutral, translucent } from "./_palette.ts";
import { labelTilt } from "./_svg_text.ts";
import { fieldTrace, type Json, markTraces, plotlyText, shortName } from "./_plotly_traces.ts";

/** Rows from top to bottom, by name. */
function matrixRowAxis({ rows }: CellsMark): Json {
  return {
    tickvals: rows.map((_, r) => r),
    ticktext: rows.map(shortName),
    range: [rows.length - 0.5, -0.5],
    showgrid: false,
    zeroline: false,
  };
}

function axisLayout(axis: Axis, given: Json): Json {
  const log = axis.scale === "log";
  return {
    title: { text: plotlyText(axisTitle(axis)), font: { size: 13 }, standoff: 8 },
    type: log ? "log" : undefined,
    exponentformat: log ? "power" : undefined,
    range: axis.range ? (log ? axis.range.map(Math.log10) : [...axis.range]) : undefined,
    gridcolor: given.showgrid === false ? undefined : translucent(neutral, 0.22),
    zerolinecolor: given.zeroline === false || log ? undefined : translucent(neutral, 0.45),
    linecolor: translucent(neutral, 0.6),
    ticks: "outside",
    ticklen: 4,
    tickcolor: translucent(neutral, 0.6),
    automargin: true,
    ...given,
  };
}

/** Where panel `index` of `count` lies, from 0 to 1 on both axes. */
function domains(index: number, count: number): { x: [number, number]; y: [number, number] } {
  const columns = count === 1 ? 1 : count === 4 ? 2 : Math.min(3, count);
  const rows = Math.ceil(count / columns);
  const column = index % columns, row = Math.floor(index / columns);
  const gapX = columns === 1 ? 0 : 0.14, gapY = rows === 1 ? 0 : 0.28 / rows;
  const width = (1 - gapX * (columns - 1)) / columns;
  const height = (1 - gapY * (rows - 1)) / rows;
  const left = column * (width + gapX), top = 1 - row * (height + gapY);
  return { x: [left, left + width], y: [Math.max(0, top - height), top] };
}

/** The keys of an object whose values are not `undefined`; JSON has no `undefined`. */
function defined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A figure for plotly.js 3.0 to 4.1: transparent, quiet, readable on light and dark pages. */
export function toPlotly(figure: Figure): PlotlyFigure {
  const looks = seriesLooks(figure);
  const data: Json[] = [];
  const axes: Json = {};
  const annotations: Json[] = [];
  const shown = new Set<string>();
  const count = figure.panels.length;
  figure.panels.forEach((panel, index) => {
    const suffix = index === 0 ? "" : String(index + 1);
    const domain = domains(index, count);
    const traces = panel.marks.flatMap((mark) => markTraces(mark, panel, looks));
    if (panel.field) traces.unshift(fieldTrace(panel.field));
    for (const trace of traces) {
      const name = trace.name as string;
      if (trace.type !== "heatmap" && trace.showlegend === undefined) {
        trace.showlegend = looks.size > 1 && !shown.has(name);
        shown.add(name);
      }
      data.push({ ...trace, xaxis: `x${suffix}`, yaxis: `y${suffix}` });
    }
    const matrix = panel.marks.find((mark) => mark.kind === "cells");
    const categories = matrix?.columns ?? panel.categories;
    const byNumber = categories && panel.marks.some((mark) => mark.kind !== "bars");
    const first = figure.panels[0].y;
    const title = axisTitle(panel.y);
    const repeated = title === panel.title || (domain.x[0] > 0 && axisTitle(first) === title);
    axes[`xaxis${suffix}`] = axisLayout(panel.x, {
      domain: domain.x,
      anchor: `y${suffix}`,
      showgrid: !categories && !panel.field,
      zeroline: false,
      ...(byNumber
        ? {
          tickvals: categories.map((_, i) => i),
          ticktext: categories.map(shortName),
          // Tilted to the left: one that would stand out at the right would be hidden.
          autotickangles: [0, labelTilt, -90],
          range: [-0.5, categories.length - 0.5],
        }
        : {}),
    });
    axes[`yaxis${suffix}`] = axisLayout(panel.y, {
      domain: domain.y,
      anchor: `x${suffix}`,
      ...(repeated ? { title: undefined } : {}),
      ...(panel.field ? { showgrid: false, zeroline: false } : {}),
      ...(matrix ? matrixRowAxis(matrix) : {}),
    });
    if (count > 1 && panel.title) {
      annotations.push({
        text: `<b>${plotlyText(panel.title)}</b>`,
        x: domain.x[0],
        y: domain.y[1],
        xref: "paper",
        yref: "paper",
        xanchor: "left",
        yanchor: "bottom",
        showarrow: false,
        font: { size: 13 },
      });
    }
  });
  const rows = count <= 3 ? 1 : Math.ceil(count / (count === 4 ? 2 : 3));
  const matrixRows = figure.panels.flatMap((panel) => panel.marks)
    .reduce((most, mark) => mark.kind === "cells" ? Math.max(most, mark.rows.length) : most, 0);
  const hasField = figure.panels.some((panel) => panel.field);
  const legend = looks.size > 1;
  return defined({
    data,
    layout: {
      title: {
        text: `<b>${plotlyText(figure.title)}</b>` +
          (figure.note ? `<br><span style="font-size:12px">${plotlyText(figure.note)}</span>` : ""),
        font: { size: 15 },
        x: 0,
        xref: "container",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: 12, l: 12 },
      },
      font: { family: "system-ui, sans-serif", size: 12.5, color: neutral },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      height: matrixRows > 0
        ? 150 + Math.max(5, matrixRows) * 34
        : 130 + rows * (hasField ? 380 : 250),
      margin: {
        l: 56,
        r: 16,
        t: 44 + (figure.note ? 20 : 0) + (count > 1 ? 22 : 0),
        b: 52,
      },
      showlegend: legend,
      ...(legend
        ? {
          legend: {
            orientation: "h",
            x: 0,
            xanchor: "left",
            y: 0,
            yref: "container",
            yanchor: "bottom",
          },
        }
        : {}),
      hovermode: "closest",
      ...(data.some((trace) => trace.type === "bar") ? { bargap: 0.3, bargroupgap: 0.06 } : {}),
      annotations,
      // Read by the pages that export a chart, and by nobody else: the text for screen readers.
      meta: { alt: figure.alt },
      ...axes,
    },
    config: { responsive: true, displaylogo: false },
  });
}
