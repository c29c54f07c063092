import type { PlotlyFigure } from "./displayable.ts";
import {
  type Axis,
  axisTitle,
  type CellsMark,
  type Figure,
  type Panel,
  seriesNames,
} from "./figure.ts";
import type { LineMark, Mark } from "./figure.ts";
import { columnFormat } from "./_numbers.ts";
import { neutral, scaleColours, seriesStyle, translucent } from "./_palette.ts";

type Json = Record<string, unknown>;

/** Plotly has no number that is not finite; a gap is `null`. */
function finite(values: readonly number[]): (number | null)[] {
  return values.map((value) => Number.isFinite(value) ? value : null);
}

/** Asymmetric error bars from the ends of an interval. */
function errorBars(
  y: readonly number[],
  lower: readonly number[] | undefined,
  upper: readonly number[] | undefined,
  colour: string,
): Json | undefined {
  if (!lower || !upper) return undefined;
  return {
    type: "data",
    symmetric: false,
    array: finite(y.map((value, i) => upper[i] - value)),
    arrayminus: finite(y.map((value, i) => value - lower[i])),
    color: colour,
    thickness: 1.6,
    width: 4,
  };
}

/** The interval around a line, as one closed outline. */
function band(mark: LineMark, colour: string): Json[] {
  const { x, lower, upper } = mark;
  if (!lower || !upper) return [];
  const known = x.map((_, i) => i).filter((i) =>
    Number.isFinite(lower[i]) && Number.isFinite(upper[i])
  );
  const back = known.toReversed();
  return [{
    type: "scatter",
    mode: "lines",
    x: [...known, ...back].map((i) => x[i]),
    y: [...known.map((i) => upper[i]), ...back.map((i) => lower[i])],
    fill: "toself",
    fillcolor: translucent(colour, 0.18),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    legendgroup: mark.name,
    name: plotlyText(mark.name),
  }];
}

function cells(mark: CellsMark): Json {
  const format = columnFormat(mark.values.flat(), mark.digits);
  const { low, high } = scaleColours;
  return {
    type: "heatmap",
    x: mark.columns.map(plotlyText),
    y: mark.rows.map(plotlyText),
    z: mark.values.map(finite),
    text: mark.values.map((row) => row.map(format)),
    texttemplate: mark.values.length * (mark.values[0]?.length ?? 0) <= 200 ? "%{text}" : undefined,
    hovertemplate: "%{y}, %{x}: %{text}<extra></extra>",
    zmin: mark.range[0],
    zmax: mark.range[1],
    colorscale: mark.diverging
      ? [[0, translucent(low, 0.95)], [0.5, translucent(neutral, 0.06)], [
        1,
        translucent(high, 0.95),
      ]]
      : [[0, translucent(high, 0.05)], [1, translucent(high, 0.95)]],
    colorbar: { thickness: 12, outlinewidth: 0, len: 1 },
    xgap: 1,
    ygap: 1,
    name: mark.name,
  };
}

function traces(mark: Mark, panel: Panel, names: readonly string[]): Json[] {
  if (mark.kind === "cells") return [cells(mark)];
  const style = seriesStyle(names.indexOf(mark.name));
  const common = { name: plotlyText(mark.name), legendgroup: mark.name };
  if (mark.kind === "bars") {
    return [{
      ...common,
      type: "bar",
      x: panel.categories?.map(plotlyText),
      y: finite(mark.y),
      marker: { color: translucent(style.colour, 0.82), line: { color: style.colour, width: 1 } },
      error_y: errorBars(mark.y, mark.lower, mark.upper, neutral),
    }];
  }
  const line = mark.kind === "line";
  const faint = mark.kind === "points" && mark.faint;
  const labels = mark.kind === "points" ? mark.labels : undefined;
  return [...(line ? band(mark, style.colour) : []), {
    ...common,
    type: "scatter",
    mode: line
      // A single point has no line to show.
      ? (mark.symbols || mark.x.length === 1 ? "lines+markers" : "lines")
      : (labels && labels.length <= 24 ? "markers+text" : "markers"),
    x: finite(mark.x),
    y: finite(mark.y),
    text: labels?.map(plotlyText),
    textposition: labels ? "top center" : undefined,
    line: line ? { color: style.colour, width: 2.2, dash: style.dash } : undefined,
    marker: line && !mark.symbols && mark.x.length > 1 ? undefined : {
      color: style.colour,
      symbol: style.symbol,
      size: faint ? 5 : 8,
      opacity: faint ? 0.7 : 1,
    },
    error_y: line ? undefined : errorBars(mark.y, mark.lower, mark.upper, style.colour),
    hoverinfo: faint ? "y+name" : undefined,
    showlegend: faint ? false : undefined,
  }];
}

function axisLayout(axis: Axis, given: Json): Json {
  const log = axis.scale === "log";
  return {
    title: { text: plotlyText(axisTitle(axis)), font: { size: 13 }, standoff: 8 },
    type: log ? "log" : undefined,
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
  const gapX = columns === 1 ? 0 : 0.1, gapY = rows === 1 ? 0 : 0.28 / rows;
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
  const names = seriesNames(figure);
  const data: Json[] = [];
  const axes: Json = {};
  const annotations: Json[] = [];
  const shown = new Set<string>();
  const count = figure.panels.length;
  figure.panels.forEach((panel, index) => {
    const suffix = index === 0 ? "" : String(index + 1);
    const domain = domains(index, count);
    for (const trace of panel.marks.flatMap((mark) => traces(mark, panel, names))) {
      const name = trace.name as string;
      if (trace.type !== "heatmap" && trace.showlegend === undefined) {
        trace.showlegend = names.length > 1 && !shown.has(name);
        shown.add(name);
      }
      data.push({ ...trace, xaxis: `x${suffix}`, yaxis: `y${suffix}` });
    }
    const isMatrix = panel.marks.some((mark) => mark.kind === "cells");
    const categories = !isMatrix && panel.categories;
    const byNumber = categories && panel.marks.some((mark) => mark.kind !== "bars");
    axes[`xaxis${suffix}`] = axisLayout(panel.x, {
      domain: domain.x,
      anchor: `y${suffix}`,
      showgrid: !categories && !isMatrix,
      zeroline: false,
      ...(isMatrix ? { type: "category" } : {}),
      ...(byNumber
        ? {
          tickvals: categories.map((_, i) => i),
          ticktext: categories.map(plotlyText),
          range: [-0.5, categories.length - 0.5],
        }
        : {}),
    });
    axes[`yaxis${suffix}`] = axisLayout(panel.y, {
      domain: domain.y,
      anchor: `x${suffix}`,
      ...(isMatrix
        ? { type: "category", autorange: "reversed", showgrid: false, zeroline: false }
        : {}),
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
  const legend = names.length > 1;
  return defined({
    data,
    layout: {
      title: {
        text: `<b>${plotlyText(figure.title)}</b>` +
          (figure.note ? `<br><span style="font-size:12px">${plotlyText(figure.note)}</span>` : ""),
        font: { size: 15 },
        x: 0,
        xref: "paper",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { t: 12 },
      },
      font: { family: "system-ui, sans-serif", size: 12.5, color: neutral },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      height: matrixRows > 0 ? 150 + Math.max(5, matrixRows) * 34 : 130 + rows * 250,
      margin: {
        l: 56,
        r: 16,
        t: 44 + (figure.note ? 20 : 0) + (count > 1 ? 22 : 0),
        b: 52,
      },
      showlegend: legend,
      ...(legend
        ? { legend: { orientation: "h", x: 0, xanchor: "left", y: -0.22 / rows, yanchor: "top" } }
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

/** Plotly reads a little HTML in its texts. */
function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
