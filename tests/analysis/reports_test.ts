import { deepStrictEqual } from "node:assert/strict";
import { balancerReports } from "../../lib/analysis/mod.ts";

Deno.test("notes are sorted by what they begin with, each step once", () => {
  const losses = { a: 1 };
  const steps = [
    { step: 3, epoch: 1, losses, notes: ["stationary: nothing left", "clipped: length 2"] },
    { step: 4, epoch: 1, losses },
    { step: 5, epoch: 1, losses, notes: ["stationary: other words; capped", "stationary: again"] },
    { step: 6, epoch: 2, losses, notes: [] },
  ];
  deepStrictEqual(balancerReports({ steps }), {
    steps: [3, 4, 5, 6],
    silent: [4, 6],
    kinds: [
      { kind: "stationary", example: "stationary: nothing left", steps: [3, 5] },
      { kind: "clipped", example: "clipped: length 2", steps: [3] },
    ],
  });
});
