import type { CellsMark, Field, LineMark, Look, Mark, Panel } from "./figure.ts";
import { columnFormat } from "./_numbers.ts";
import { cellColours, cellScale, neutral, seriesStyle, translucent } from "./_palette.ts";

/** A part of a Plotly figure. */
export type Json = Record<string, unknown>;

/** Plotly reads a little HTML in its texts. */
export function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

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

/** Longest name on an axis of a matrix. */
const longestName = 18;

/** A name that fits beside an axis. */
export function shortName(name: string): string {
  const characters = [...name];
  return plotlyText(
    characters.length <= longestName ? name : characters.slice(0, longestName - 1).join("") + "…",
  );
}

function cells(mark: CellsMark): Json[] {
  const format = columnFormat(mark.values.flat(), mark.digits);
  const columns = mark.columns.map((_, c) => c), rows = mark.rows.map((_, r) => r);
  const map = {
    type: "heatmap",
    x: columns,
    y: rows,
    z: mark.values.map(finite),
    text: mark.values.map((values, r) =>
      values.map((value, c) => plotlyText(`${mark.rows[r]}, ${mark.columns[c]}: ${format(value)}`))
    ),
    hovertemplate: "%{text}<extra></extra>",
    zmin: mark.range[0],
    zmax: mark.range[1],
    colorscale: cellScale(mark),
    colorbar: { thickness: 12, outlinewidth: 0, len: 1 },
    xgap: 1,
    ygap: 1,
    name: plotlyText(mark.name),
  };
  if (rows.length * columns.length > 200) return [map];
  // Plotly picks one colour for the numbers of a heat map; strong cells need another.
  const places = rows.flatMap((row) => columns.map((column) => [row, column] as const));
  const numbers = {
    type: "scatter",
    mode: "text",
    x: places.map(([, column]) => column),
    y: places.map(([row]) => row),
    text: places.map(([row, column]) => format(mark.values[row][column])),
    textfont: {
      size: 11,
      color: places.map(([row, column]) => {
        const value = mark.values[row][column];
        return Number.isFinite(value) ? cellColours(value, mark).text : neutral;
      }),
    },
    hoverinfo: "skip",
    showlegend: false,
    name: plotlyText(mark.name),
  };
  return [map, numbers];
}

/** The traces that draw one mark, without their axes. */
export function markTraces(mark: Mark, panel: Panel, looks: ReadonlyMap<string, Look>): Json[] {
  if (mark.kind === "cells") return cells(mark);
  const style = seriesStyle(looks.get(mark.name)!);
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
  }];
}

/** Lines of equal height over a panel, pale where the field is low. */
export function fieldTrace(field: Field): Json {
  return {
    type: "contour",
    x: field.x,
    y: field.y,
    z: field.values.map(finite),
    // Lines only: filled levels lie over one another, and so could not be translucent.
    contours: { coloring: "lines", showlabels: true, labelfont: { size: 9.5, color: neutral } },
    colorscale: [[0, translucent(neutral, 0.35)], [1, neutral]],
    ncontours: 16,
    line: { width: 1, smoothing: 1 },
    showscale: false,
    hovertemplate: `%{x:.3g}, %{y:.3g}: ${plotlyText(field.label)} %{z:.4g}<extra></extra>`,
    name: plotlyText(field.label),
    showlegend: false,
  };
}
