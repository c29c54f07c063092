import { toys } from "../../lib/data/mod.ts";

/** Losses at a point of the plane and their gradients, one row a task. */
export interface Evaluation {
  readonly losses: [number, number];
  readonly jacobian: [[number, number], [number, number]];
}

/** The two-valley problem of Liu et al. (CAGrad, NeurIPS 2021). */
export function twoValleys(x1: number, x2: number): Evaluation {
  const { losses, gradients } = toys.twoValleys;
  return { losses: losses([x1, x2]), jacobian: gradients([x1, x2]) };
}

/** Goes down with Adam along the updates that `combine` makes of the gradients. */
export function descend(
  start: readonly [number, number],
  combine: (jacobian: number[][]) => readonly number[],
  options: { readonly steps: number; readonly scale?: number; readonly learningRate?: number },
): [number, number] {
  const { steps, scale = 1, learningRate } = options;
  const { end } = toys.descend(
    toys.twoValleys,
    (rows) => combine(rows as number[][]),
    { start, steps, scales: [scale, 1], learningRate },
  );
  return [...end];
}
