import { deepStrictEqual, throws } from "node:assert/strict";
import { mixingMap, type MixingReading } from "polytask";

const reading = (owner: string, weights: number[], of = ["left 1", "right 1"]): MixingReading => ({
  part: `${owner}/gate`,
  label: "gate",
  owner,
  of,
  owners: of.map(() => ""),
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

Deno.test("towers of the same stage are told apart by their tasks", () => {
  const stitches = ["conv 1", "conv 2"].map((stage) => ({
    ...reading("shared", [0.9, 0.1], [stage, stage]),
    part: `shared/stitch ${stage}`,
    owners: ["left", "right"],
  }));
  const text = `${mixingMap(stitches)}`;
  for (const words of ["shared/stitch conv 1", "shared/stitch conv 2", "left", "right"]) {
    deepStrictEqual([words, text.includes(words)], [words, true]);
  }
});
