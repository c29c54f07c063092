import type { Axis, Mark, Panel } from "./figure.ts";
import { linearTicks, logTicks } from "./_numbers.ts";

/** Maps values of an axis to 0 … 1 and says where its ticks are. */
export interface Scale {
  readonly ticks: readonly number[];
  /** `undefined` for a value that the axis cannot show. */
  place(value: number): number | undefined;
}

/** All values of a panel along one direction, interval ends too. */
function valuesOf(mark: Mark, direction: "x" | "y"): number[] {
  if (mark.kind === "cells") return [];
  if (direction === "x") return mark.kind === "bars" ? [] : [...mark.x];
  return [...mark.y, ...(mark.lower ?? []), ...(mark.upper ?? [])];
}

function scaleBetween(axis: Axis, low: number, high: number, count: number): Scale {
  if (axis.scale === "log") {
    const from = Math.log10(low), width = Math.log10(high) - from || 1;
    return {
      ticks: logTicks(low, high),
      place: (value) =>
        value > 0 && Number.isFinite(value) ? (Math.log10(value) - from) / width : undefined,
    };
  }
  const width = high - low || 1;
  return {
    ticks: linearTicks(low, high, count),
    place: (value) => Number.isFinite(value) ? (value - low) / width : undefined,
  };
}

/** The scale of one axis of a panel: the range asked for, or the data with a little room. */
export function panelScale(panel: Panel, direction: "x" | "y", count: number): Scale {
  const axis = panel[direction];
  if (direction === "x" && panel.categories) {
    const size = panel.categories.length;
    return {
      ticks: panel.categories.map((_, i) => i),
      place: (value) => (value + 0.5) / size,
    };
  }
  if (axis.range) return scaleBetween(axis, axis.range[0], axis.range[1], count);
  const log = axis.scale === "log";
  let low = Infinity, high = -Infinity;
  const values = panel.marks.flatMap((mark) => valuesOf(mark, direction));
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return scaleBetween(axis, log ? 1 : 0, log ? 10 : 1, count);
  if (direction === "y" && panel.marks.some((mark) => mark.kind === "bars") && !log) {
    low = Math.min(0, low);
    high = Math.max(0, high);
    const room = (high - low || 1) * 0.06;
    return scaleBetween(axis, low < 0 ? low - room : 0, high > 0 ? high + room : 0, count);
  }
  if (low === high) {
    const room = log ? low : Math.abs(low) * 0.1 || 0.5;
    return scaleBetween(axis, log ? low / 2 : low - room, high + room, count);
  }
  if (log) {
    const room = (high / low) ** 0.05;
    return scaleBetween(axis, low / room, high * room, count);
  }
  const room = (high - low) * (direction === "x" ? 0.025 : 0.06);
  return scaleBetween(axis, low - room, high + room, count);
}
