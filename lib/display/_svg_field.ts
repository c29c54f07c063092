import type { Field } from "./figure.ts";
import { element } from "./_markup.ts";
import { neutral } from "./_palette.ts";
import type { Frame } from "./_svg_text.ts";

/** Number of lines of equal height. */
const levels = 14;

/**
 * Lines of equal height by marching squares: in every square of the grid, the line crosses the
 * sides whose ends lie on different sides of the level, at the place that linear interpolation
 * gives. (Lorensen and Cline 1987, in two dimensions.)
 */
export function contourPath(
  field: Field,
  level: number,
  at: (x: number, y: number) => readonly [number, number] | undefined,
): string {
  const { x, y, values } = field;
  let path = "";
  for (let row = 0; row + 1 < y.length; row++) {
    for (let column = 0; column + 1 < x.length; column++) {
      const corners = [
        [x[column], y[row], values[row][column]],
        [x[column + 1], y[row], values[row][column + 1]],
        [x[column + 1], y[row + 1], values[row + 1][column + 1]],
        [x[column], y[row + 1], values[row + 1][column]],
      ];
      if (!corners.every(([, , value]) => Number.isFinite(value))) continue;
      const crossings: (readonly [number, number])[] = [];
      corners.forEach(([x0, y0, v0], i) => {
        const [x1, y1, v1] = corners[(i + 1) % 4];
        if ((v0 < level) === (v1 < level)) return;
        const share = (level - v0) / (v1 - v0);
        const place = at(x0 + share * (x1 - x0), y0 + share * (y1 - y0));
        if (place) crossings.push(place);
      });
      // Two crossings, or four on a saddle, joined in pairs.
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const [from, to] = [crossings[i], crossings[i + 1]];
        path += `M${from[0].toFixed(1)},${from[1].toFixed(1)}L${to[0].toFixed(1)},` +
          to[1].toFixed(1);
      }
    }
  }
  return path;
}

/** A field as lines of equal height; the higher, the stronger. */
export function drawField(
  field: Field,
  at: (x: number, y: number) => readonly [number, number] | undefined,
  frame: Frame,
): string {
  const known = field.values.flat().filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const lines = Array.from({ length: levels }, (_, i) => {
    const share = (i + 1) / (levels + 1);
    return element("path", {
      d: contourPath(field, low + share * (high - low), at),
      stroke: neutral,
      "stroke-opacity": 0.25 + 0.7 * share,
      fill: "none",
    });
  });
  const { left, right, top, bottom } = frame;
  const border = element("rect", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    fill: "none",
    stroke: neutral,
  });
  return border + lines.join("");
}
