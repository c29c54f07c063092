import type { CellsMark, Look } from "./figure.ts";

/**
 * Colours of equal lightness, so that each has a contrast of at least 3 : 1 on white and on
 * near-black alike. Never the only cue: series also differ in dash and symbol.
 */
const colours = [
  "#3f7fd0",
  "#d1690e",
  "#1f9271",
  "#9a62c9",
  "#d6456b",
  "#8a8420",
  "#1b8bae",
  "#7d7d85",
] as const;

/** Text and lines that must be readable on light and dark pages without knowing which. */
export const neutral = "#7d7d85";

const dashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"] as const;
const dashArrays = [undefined, "7 4", "2 3.5", "8 4 2 4", "12 4", "12 4 2 4"] as const;
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x"] as const;

/** How a series is drawn. */
export interface SeriesStyle {
  readonly colour: string;
  readonly dash: string;
  /** The same dash for SVG. */
  readonly dashArray: string | undefined;
  readonly symbol: (typeof symbols)[number];
}

export function seriesStyle({ colour, pattern }: Look): SeriesStyle {
  return {
    colour: colours[colour % colours.length],
    dash: dashes[pattern % dashes.length],
    dashArray: dashArrays[pattern % dashArrays.length],
    symbol: symbols[pattern % symbols.length],
  };
}

/** A colour of the palette with an opacity. */
export function translucent(colour: string, opacity: number): string {
  const channel = (start: number) => parseInt(colour.slice(start, start + 2), 16);
  return `rgba(${channel(1)},${channel(3)},${channel(5)},${Math.round(opacity * 1000) / 1000})`;
}

/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

/** Cells of a matrix are opaque, so that the numbers in them can be read on any page. */
const weakest: Rgb = [240, 243, 248];
const strongest: Rgb = [38, 92, 166];
const strongestBelow: Rgb = [176, 82, 8];

function rgb(channels: Rgb): string {
  return `rgb(${channels.map(Math.round).join(",")})`;
}

/** Places and colours of the scale that a matrix is coloured by. */
export function cellScale({ diverging }: CellsMark): [number, string][] {
  return diverging
    ? [[0, rgb(strongestBelow)], [0.5, rgb(weakest)], [1, rgb(strongest)]]
    : [[0, rgb(weakest)], [1, rgb(strongest)]];
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(channels: Rgb): number {
  const [red, green, blue] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Colour of a cell, and of the number in it: black or white, whichever stands out more. */
export function cellColours(
  value: number,
  { range, diverging }: CellsMark,
): { readonly fill: string; readonly text: string } {
  const strength = diverging
    ? Math.abs(value) / (Math.max(...range.map(Math.abs)) || 1)
    : (value - range[0]) / (range[1] - range[0] || 1);
  const share = Math.min(1, Math.max(0, strength));
  const end = diverging && value < 0 ? strongestBelow : strongest;
  const fill = weakest.map((weak, i) => weak + share * (end[i] - weak)) as unknown as Rgb;
  // Contrast is (a + 0.05) / (b + 0.05): black and white are equal at a luminance of 0.179.
  return { fill: rgb(fill), text: luminance(fill) > 0.179 ? "#000000" : "#ffffff" };
}

/** Symbols as SVG paths around the origin, about 4 units in radius. */
export const symbolPaths: Readonly<Record<SeriesStyle["symbol"], string>> = {
  "circle": "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
  "square": "M-3.5,-3.5h7v7h-7Z",
  "diamond": "M0,-5L5,0L0,5L-5,0Z",
  "triangle-up": "M0,-4.6L4.4,3.4H-4.4Z",
  "cross": "M-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z",
  "x":
    "M-4.2,-2.1L-2.1,-4.2L0,-2.1L2.1,-4.2L4.2,-2.1L2.1,0L4.2,2.1L2.1,4.2L0,2.1L-2.1,4.2L-4.2,2.1L-2.1,0Z",
};
