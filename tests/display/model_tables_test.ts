import { deepStrictEqual, throws } from "node:assert/strict";
import { mixingMap, type MixingReading } from "polytask";

const reading = (owner: string, weights: number[], of = ["left 1", "right 1"]): MixingReading => ({
  part: `${owner}/gate`,
  label: "gate",
  owner,
  of,
  weights,
  spread: weights.map(() => 0),
});

Deno.test("a map of gates has a row for each gate and a column for each thing mixed", () => {
  const text = `${mixingMap([reading("left", [0.9, 0.1]), reading("right", [0.2, 0.8])])}`;
  for (const words of ["gate of left", "gate of right", "left 1", "right 1", "0.9", "0.8"]) {
    deepStrictEqual([words, text.includes(words)], [words, true]);
  }
});

Deno.test("gates of different width need a choice, and none is refused", () => {
  const readings = [reading("left", [1, 0]), reading("right", [1, 0, 0], ["a", "b", "c"])];
  throws(
    () => mixingMap(readings, { parts: () => true }),
    /"gate" mixes 2 and "gate" 3; choose with parts/,
  );
  throws(() => mixingMap([]), /mixes nothing/);
});
