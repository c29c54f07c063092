import { axisTitle, type Panel } from "./figure.ts";
import { element, escapeText } from "./_markup.ts";

/** Size of ordinary text, in the units of the view box. */
export const fontSize = 12.5;
/** Mean width of a letter, as a share of the font size; good enough to keep labels apart. */
const letter = 0.55;
/** Longest name beside an axis, in letters. */
const longestName = 16;

/** The rectangle between the axes. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Estimated width of a text. */
export function textWidth(letters: number, size = fontSize): number {
  return letters * size * letter;
}

/** Letters of the longest of some names, as far as they are shown. */
export function longest(names: readonly string[]): number {
  return names.reduce((most, name) => Math.max(most, Math.min(longestName, [...name].length)), 1);
}

/** A name, cut where it is too long for its place. */
export function shorten(name: string): string {
  const characters = [...name];
  return characters.length <= longestName
    ? name
    : characters.slice(0, longestName - 1).join("") + "…";
}

/** One line of text; `x`, `y` is where its baseline starts, or as `text-anchor` says. */
export function text(
  x: number,
  y: number,
  content: string,
  extra: Readonly<Record<string, string | number>> = {},
): string {
  return element("text", { x, y, ...extra }, escapeText(content));
}

/** Degrees by which labels are tilted that would touch: they end below their place. */
export const labelTilt = -38;

/** Whether labels would touch, side by side in slots of this width. */
function wouldTouch(labels: readonly string[], slot: number): boolean {
  return textWidth(longest(labels)) > slot - 4;
}

/** How far labels under an axis would stand out to the left of the drawing. */
export function labelOverhang(
  places: readonly number[],
  labels: readonly string[],
  slot: number,
): number {
  if (!wouldTouch(labels, slot)) return 0;
  const angle = Math.abs(labelTilt) * Math.PI / 180;
  const reach = (label: string) =>
    Math.cos(angle) * textWidth(longest([label])) + Math.sin(angle) * fontSize;
  return places.reduce((most, at, i) => Math.max(most, reach(labels[i]) - at), 0);
}

/** Labels under a horizontal axis, tilted when they would touch. */
export function labelsBelow(
  places: readonly number[],
  labels: readonly string[],
  bottom: number,
  slot: number,
): { markup: string; height: number } {
  const letters = longest(labels);
  const tilted = wouldTouch(labels, slot);
  const markup = places.map((at, i) =>
    tilted
      ? text(at + 3, bottom + 14, shorten(labels[i]), {
        "text-anchor": "end",
        transform: `rotate(${labelTilt} ${at.toFixed(1)} ${bottom + 12})`,
      })
      : text(at, bottom + 17, shorten(labels[i]), { "text-anchor": "middle" })
  ).join("");
  return { markup, height: tilted ? textWidth(letters) * 0.62 + 14 : 18 };
}

/** Titles of both axes; a panel that is called after its y axis need not say so twice. */
export function axisTitles(panel: Panel, { left, right, top, bottom }: Frame, height: number) {
  const middle = (top + bottom) / 2;
  const below = text((left + right) / 2, height - 5, axisTitle(panel.x), {
    "text-anchor": "middle",
  });
  const title = axisTitle(panel.y);
  if (title === panel.title) return below;
  return below + text(12, middle, title, {
    "text-anchor": "middle",
    transform: `rotate(-90 12 ${middle})`,
  });
}
