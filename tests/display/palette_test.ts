import assert from "node:assert/strict";
import type { CellsMark } from "../../lib/display/mod.ts";
import { cellColours, neutral, seriesStyle, translucent } from "../../lib/display/_palette.ts";

/** Channels of `#rrggbb` or `rgb(r,g,b)`. */
function channels(colour: string): number[] {
  return colour.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
    : colour.match(/\d+/g)!.map(Number);
}

/** Contrast of two colours by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map((colour) => {
    const [red, green, blue] = channels(colour).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  });
  return Math.max(a, b) / Math.min(a, b);
}

Deno.test("every series can be seen on white and on near-black, and differs in more than colour", () => {
  const looks = Array.from({ length: 8 }, (_, i) => seriesStyle({ colour: i, pattern: i }));
  for (const { colour } of [...looks, { colour: neutral }]) {
    assert.ok(contrast(colour, "#ffffff") >= 3, `${colour} on white`);
    assert.ok(contrast(colour, "#16181d") >= 3, `${colour} on near-black`);
  }
  assert.equal(new Set(looks.map(({ colour }) => colour)).size, 8);
  assert.equal(new Set(looks.slice(0, 6).map(({ dash }) => dash)).size, 6);
  assert.equal(new Set(looks.slice(0, 6).map(({ symbol }) => symbol)).size, 6);
});

Deno.test("the number in a cell can be read whatever the value", () => {
  const mark: CellsMark = {
    kind: "cells",
    name: "",
    rows: [],
    columns: [],
    values: [],
    range: [-1, 1],
    diverging: true,
  };
  for (let value = -1; value <= 1; value += 0.02) {
    const { fill, text } = cellColours(value, mark);
    assert.ok(contrast(fill, text) >= 4.5, `${value.toFixed(2)}: ${text} on ${fill}`);
  }
  assert.notEqual(cellColours(-1, mark).fill, cellColours(1, mark).fill);
  const positive = { ...mark, diverging: false, range: [0, 10] as const };
  assert.equal(cellColours(12, positive).fill, cellColours(10, positive).fill);
});

Deno.test("a translucent colour keeps its channels", () => {
  assert.equal(translucent("#3f7fd0", 0.18), "rgba(63,127,208,0.18)");
});
