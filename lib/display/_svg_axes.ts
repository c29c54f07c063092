import type { Axis, Panel } from "./figure.ts";
import { element } from "./_markup.ts";
import { formatNumber, tickLabels } from "./_numbers.ts";
import { neutral } from "./_palette.ts";
import { panelScale, type Scale } from "./_scale.ts";
import {
  axisTitles,
  type Frame,
  labelOverhang,
  labelsBelow,
  text,
  textWidth,
} from "./_svg_text.ts";

function labelsOf({ ticks }: Scale, { scale }: Axis): string[] {
  return scale === "log" ? ticks.map((tick) => formatNumber(tick)) : tickLabels(ticks);
}

/** The axes of a panel, and where its values lie. */
export interface DrawnAxes {
  readonly markup: string;
  readonly frame: Frame;
  readonly height: number;
  /** Place of a pair of values; `undefined` when an axis cannot show it. */
  at(x: number, y: number): readonly [number, number] | undefined;
}

/** Ticks, grid and titles of a panel with ordinary axes. */
export function drawAxes(panel: Panel, top: number, width: number): DrawnAxes {
  const x = panelScale(panel, "x", 6), y = panelScale(panel, "y", 5);
  const yLabels = labelsOf(y, panel.y);
  const widest = yLabels.reduce((most, label) => Math.max(most, label.length), 2);
  const titled = panel.title !== panel.y.label;
  const labels = panel.categories ?? labelsOf(x, panel.x);
  const besideAxis = (titled ? 30 : 14) + textWidth(widest);
  const right = width - 12;
  const slotFrom = (start: number) => (right - start) / Math.max(1, x.ticks.length);
  // A tilted first label may need more room than the labels of the other axis.
  const left = besideAxis + labelOverhang(
    x.ticks.map((tick) => besideAxis + (x.place(tick) ?? 0) * (right - besideAxis)),
    labels,
    slotFrom(besideAxis),
  );
  const bottom = top + (panel.field ? 320 : 210);
  const frame = { left, right, top, bottom };
  const placeX = (value: number) => left + (x.place(value) ?? 0) * (right - left);
  const placeY = (value: number) => bottom - (y.place(value) ?? 0) * (bottom - top);
  let markup = "";
  y.ticks.forEach((tick, i) => {
    const at = placeY(tick);
    markup += element("path", {
      d: `M${left.toFixed(1)},${at.toFixed(1)}H${right}`,
      stroke: neutral,
      "stroke-opacity": tick === 0 ? 0.6 : 0.22,
    });
    markup += text(left - 7, at + 4, yLabels[i], { "text-anchor": "end" });
  });
  const places = x.ticks.map(placeX);
  const below = labelsBelow(places, labels, bottom, slotFrom(left));
  markup += below.markup;
  if (!panel.categories) {
    for (const at of places) {
      markup += element("path", {
        d: `M${at.toFixed(1)},${bottom}v4`,
        stroke: neutral,
        "stroke-opacity": 0.7,
      });
    }
  }
  markup += element("path", { d: `M${left.toFixed(1)},${bottom}H${right}`, stroke: neutral });
  const height = bottom + below.height + (panel.x.label ? 24 : 6);
  return {
    markup: markup + axisTitles(panel, frame, height),
    frame,
    height,
    at(valueX, valueY) {
      const across = x.place(valueX), up = y.place(valueY);
      if (across === undefined || up === undefined) return undefined;
      return [left + across * (right - left), bottom - up * (bottom - top)];
    },
  };
}
