import type { Mark, Panel } from "./figure.ts";
import { element } from "./_markup.ts";
import { type SeriesStyle, symbolPaths } from "./_palette.ts";
import { drawAxes } from "./_svg_axes.ts";
import { drawField } from "./_svg_field.ts";
import { drawMark } from "./_svg_marks.ts";
import { drawMatrix } from "./_svg_matrix.ts";
import { fontSize, text } from "./_svg_text.ts";

/** Colour and dash of a series by its name. */
export type StyleOf = (name: string) => SeriesStyle;

/**
 * One panel as SVG that takes the colour of the text around it, so that it fits light and dark
 * pages. `width` is that of the view box. Decorative by itself: whoever embeds it gives it a name.
 */
export function panelSvg(panel: Panel, styleOf: StyleOf, width = 420): string {
  const top = panel.title ? 30 : 12;
  const title = panel.title
    ? text(0, 14, panel.title, { "font-weight": 600, "font-size": fontSize + 1 })
    : "";
  const matrix = panel.marks.find((mark) => mark.kind === "cells");
  let content: string, height: number;
  if (matrix) {
    ({ markup: content, height } = drawMatrix(panel, matrix, top, width));
  } else {
    const axes = drawAxes(panel, top, width);
    const marks = panel.marks.filter((mark) => mark.kind !== "cells")
      .map((mark) => drawMark(mark, panel, styleOf(mark.name), axes.at, axes.frame));
    const field = panel.field ? drawField(panel.field, axes.at, axes.frame) : "";
    content = axes.markup + field + marks.join("");
    height = axes.height;
  }
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${Math.ceil(height)}`,
    "font-family": "system-ui, sans-serif",
    "font-size": fontSize,
    fill: "currentColor",
    "aria-hidden": "true",
  }, title + content);
}

/** A short line with its symbol, for a legend. */
export function legendKey(style: SeriesStyle, kind: Mark["kind"]): string {
  const sample = kind === "bars"
    ? element("rect", { x: 7, y: 1, width: 12, height: 12, fill: style.colour })
    : (kind === "line"
      ? element("path", {
        d: "M1,7H27",
        stroke: style.colour,
        "stroke-width": 2.4,
        "stroke-dasharray": style.dashArray,
      })
      : element("path", {
        d: symbolPaths[style.symbol],
        transform: "translate(14 7)",
        fill: style.colour,
      }));
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width: 28,
    height: 14,
    viewBox: "0 0 28 14",
    "aria-hidden": "true",
  }, sample);
}
