import type { CellsMark, Mark, Panel } from "./figure.ts";
import { element } from "./_markup.ts";
import { type SeriesStyle, symbolPaths } from "./_palette.ts";
import { type Frame, text } from "./_svg_text.ts";

/** A line as path data, interrupted where a point is missing. */
function linePath(points: readonly (readonly [number, number] | undefined)[]): string {
  let path = "";
  let pen = false;
  for (const point of points) {
    if (point) {
      path += `${pen ? "L" : "M"}${point[0].toFixed(1)},${point[1].toFixed(1)}`;
    }
    pen = point !== undefined;
  }
  return path;
}

/** One mark of a panel, given where values lie. */
export function drawMark(
  mark: Exclude<Mark, CellsMark>,
  panel: Panel,
  style: SeriesStyle,
  at: (x: number, y: number) => readonly [number, number] | undefined,
  frame: Frame,
): string {
  const whisker = (x: number, lower: number, upper: number, colour: string, shift = 0) => {
    const from = at(x, lower), to = at(x, upper);
    if (!from || !to) return "";
    const [left, middle, right] = [-4, 0, 4].map((offset) => from[0] + shift + offset);
    return element("path", {
      d: `M${middle.toFixed(1)},${from[1].toFixed(1)}V${to[1].toFixed(1)}` +
        `M${left.toFixed(1)},${from[1].toFixed(1)}H${right.toFixed(1)}` +
        `M${left.toFixed(1)},${to[1].toFixed(1)}H${right.toFixed(1)}`,
      stroke: colour,
      "stroke-width": 1.6,
      fill: "none",
    });
  };
  if (mark.kind === "bars") {
    const groups = panel.marks.filter((other) => other.kind === "bars");
    const slot = (frame.right - frame.left) / (panel.categories?.length ?? mark.y.length);
    const bar = slot * 0.7 / groups.length;
    const shiftOf = (groups.indexOf(mark) - (groups.length - 1) / 2) * bar;
    return mark.y.map((value, i) => {
      const tip = at(i, value);
      const foot = at(i, 0) ?? tip;
      if (!tip || !foot) return "";
      return element("rect", {
        x: tip[0] + shiftOf - bar * 0.46,
        y: Math.min(tip[1], foot[1]),
        width: bar * 0.92,
        height: Math.max(0.5, Math.abs(foot[1] - tip[1])),
        fill: style.colour,
        "fill-opacity": 0.82,
        stroke: style.colour,
      }) + (mark.lower && mark.upper
        ? whisker(i, mark.lower[i], mark.upper[i], "currentColor", shiftOf)
        : "");
    }).join("");
  }
  const points = mark.x.map((x, i) => at(x, mark.y[i]));
  const symbol = (scale: number, opacity: number) =>
    points.map((point) =>
      point
        ? element("path", {
          d: symbolPaths[style.symbol],
          transform: `translate(${point[0].toFixed(1)} ${point[1].toFixed(1)})` +
            (scale === 1 ? "" : ` scale(${scale})`),
          fill: style.colour,
          "fill-opacity": opacity,
        })
        : ""
    ).join("");
  if (mark.kind === "points") {
    const { lower, upper, labels } = mark;
    const whiskers = lower && upper
      ? mark.x.map((x, i) => whisker(x, lower[i], upper[i], style.colour)).join("")
      : "";
    const names = labels && labels.length <= 24
      ? points.map((point, i) =>
        point ? text(point[0], point[1] - 8, labels[i], { "text-anchor": "middle" }) : ""
      ).join("")
      : "";
    return whiskers + symbol(mark.faint ? 0.6 : 1, mark.faint ? 0.7 : 1) + names;
  }
  let band = "";
  if (mark.lower && mark.upper) {
    const { lower, upper } = mark;
    const outline = [
      ...mark.x.map((x, i) => at(x, upper[i])),
      ...mark.x.map((x, i) => at(x, lower[i])).toReversed(),
    ].filter((point) => point !== undefined);
    if (outline.length > 2) {
      band = element("path", { d: linePath(outline) + "Z", fill: style.colour, opacity: 0.18 });
    }
  }
  const line = element("path", {
    d: linePath(points),
    fill: "none",
    stroke: style.colour,
    "stroke-width": 2.2,
    "stroke-linejoin": "round",
    "stroke-dasharray": style.dashArray,
  });
  // A single point has no line to show.
  return band + line + (mark.symbols || points.length === 1 ? symbol(1, 1) : "");
}
