import { axisTitle, type CellsMark, type Mark, type Panel } from "./figure.ts";
import { element, escapeText } from "./_markup.ts";
import { columnFormat, formatNumber } from "./_numbers.ts";
import { neutral, scaleColours, type SeriesStyle, symbolPaths } from "./_palette.ts";
import { panelScale } from "./_scale.ts";

const fontSize = 12.5;
/** Mean width of a letter, as a share of the font size; good enough to keep labels apart. */
const letter = 0.55;

/** The rectangle between the axes. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Colour and dash of a series by its name. */
export type StyleOf = (name: string) => SeriesStyle;

function text(x: number, y: number, content: string, extra: Record<string, string | number> = {}) {
  return element("text", { x, y, ...extra }, escapeText(content));
}

function shorten(label: string, letters: number): string {
  const characters = [...label];
  return characters.length <= letters ? label : characters.slice(0, letters - 1).join("") + "…";
}

/** Longest piece of a line between gaps, as path data. */
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

/** Everything of a panel that is drawn from data, given where values lie. */
function drawMark(
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

/** Ticks, grid, titles and frame of a panel with ordinary axes. */
function drawAxes(
  panel: Panel,
  top: number,
  width: number,
): { markup: string; frame: Frame; height: number } {
  const y = panelScale(panel, "y", 5);
  const yLabels = y.ticks.map((tick) => formatNumber(tick));
  const widest = yLabels.reduce((most, label) => Math.max(most, label.length), 2);
  const left = 30 + widest * fontSize * letter;
  const right = width - 12;
  const categories = panel.categories;
  const x = panelScale(panel, "x", 6);
  const slot = (right - left) / Math.max(1, x.ticks.length);
  const longest = categories?.reduce((most, label) => Math.max(most, [...label].length), 0) ?? 0;
  const tilted = longest * fontSize * letter > slot - 4;
  const tickHeight = tilted ? Math.min(16, longest) * fontSize * letter * 0.62 + 14 : 18;
  const bottom = top + 210;
  const frame = { left, right, top, bottom };
  const height = bottom + tickHeight + 24;
  let markup = "";
  const placeX = (value: number) => left + (x.place(value) ?? 0) * (right - left);
  const placeY = (value: number) => bottom - (y.place(value) ?? 0) * (bottom - top);
  y.ticks.forEach((tick, i) => {
    const at = placeY(tick);
    markup += element("path", {
      d: `M${left.toFixed(1)},${at.toFixed(1)}H${right}`,
      stroke: neutral,
      "stroke-opacity": tick === 0 ? 0.6 : 0.22,
    });
    markup += text(left - 7, at + 4, yLabels[i], { "text-anchor": "end" });
  });
  x.ticks.forEach((tick, i) => {
    const at = placeX(tick);
    const label = categories ? shorten(categories[i], 16) : formatNumber(tick);
    markup += tilted
      ? text(at + 3, bottom + 14, label, {
        "text-anchor": "end",
        transform: `rotate(-38 ${at.toFixed(1)} ${bottom + 12})`,
      })
      : text(at, bottom + 17, label, { "text-anchor": "middle" });
    if (!categories) {
      markup += element("path", {
        d: `M${at.toFixed(1)},${bottom}v4`,
        stroke: neutral,
        "stroke-opacity": 0.7,
      });
    }
  });
  markup += element("path", { d: `M${left.toFixed(1)},${bottom}H${right}`, stroke: neutral });
  markup += text((left + right) / 2, height - 5, axisTitle(panel.x), { "text-anchor": "middle" });
  const middle = (top + bottom) / 2;
  markup += text(12, middle, axisTitle(panel.y), {
    "text-anchor": "middle",
    transform: `rotate(-90 12 ${middle})`,
  });
  return { markup, frame, height };
}

/** A matrix of coloured cells with its row and column names. */
function drawMatrix(panel: Panel, mark: CellsMark, top: number, width: number) {
  const { rows, columns, values, range } = mark;
  const format = columnFormat(values.flat(), mark.digits);
  const longest = Math.min(
    16,
    rows.reduce((most, label) => Math.max(most, [...label].length), 1),
  );
  const left = 30 + longest * fontSize * letter;
  const right = width - 12;
  const cellWidth = (right - left) / Math.max(1, columns.length);
  const cellHeight = Math.max(18, Math.min(cellWidth, 34));
  const widest = columns.reduce((most, label) => Math.max(most, [...label].length), 1);
  const tilted = widest * fontSize * letter > cellWidth - 3;
  const bottom = top + cellHeight * rows.length;
  const tickHeight = tilted ? Math.min(16, widest) * fontSize * letter * 0.62 + 14 : 18;
  const numbersFit = values.flat().every((value) =>
    format(value).length * (fontSize - 1.5) * letter < cellWidth
  );
  const strength = (value: number) => {
    if (!mark.diverging) return (value - range[0]) / (range[1] - range[0] || 1);
    return Math.abs(value) / (Math.max(Math.abs(range[0]), Math.abs(range[1])) || 1);
  };
  let markup = "";
  rows.forEach((row, r) => {
    const y = top + r * cellHeight;
    markup += text(left - 7, y + cellHeight / 2 + 4, shorten(row, 16), { "text-anchor": "end" });
    columns.forEach((column, c) => {
      const value = values[r][c];
      const opacity = Number.isFinite(value)
        ? 0.05 + 0.9 * Math.min(1, Math.max(0, strength(value)))
        : 0;
      const colour = mark.diverging && value < 0 ? scaleColours.low : scaleColours.high;
      markup += element("rect", {
        x: left + c * cellWidth + 0.5,
        y: y + 0.5,
        width: cellWidth - 1,
        height: cellHeight - 1,
        fill: colour,
        "fill-opacity": opacity,
      }, element("title", {}, escapeText(`${row}, ${column}: ${format(value)}`)));
      if (numbersFit) {
        markup += text(left + (c + 0.5) * cellWidth, y + cellHeight / 2 + 4, format(value), {
          "text-anchor": "middle",
          "font-size": fontSize - 1.5,
        });
      }
    });
  });
  columns.forEach((column, c) => {
    const at = left + (c + 0.5) * cellWidth;
    const label = shorten(column, 16);
    markup += tilted
      ? text(at + 3, bottom + 14, label, {
        "text-anchor": "end",
        transform: `rotate(-38 ${at.toFixed(1)} ${bottom + 12})`,
      })
      : text(at, bottom + 17, label, { "text-anchor": "middle" });
  });
  const height = bottom + tickHeight + 24;
  markup += text((left + right) / 2, height - 5, axisTitle(panel.x), { "text-anchor": "middle" });
  const middle = (top + bottom) / 2;
  markup += text(12, middle, axisTitle(panel.y), {
    "text-anchor": "middle",
    transform: `rotate(-90 12 ${middle})`,
  });
  return { markup, height };
}

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
    const x = panelScale(panel, "x", 6), y = panelScale(panel, "y", 5);
    const { frame } = axes;
    const at = (valueX: number, valueY: number) => {
      const across = x.place(valueX), up = y.place(valueY);
      if (across === undefined || up === undefined) return undefined;
      return [
        frame.left + across * (frame.right - frame.left),
        frame.bottom - up * (frame.bottom - frame.top),
      ] as const;
    };
    const marks = panel.marks.filter((mark) => mark.kind !== "cells")
      .map((mark) => drawMark(mark, panel, styleOf(mark.name), at, frame));
    content = axes.markup + marks.join("");
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
