import { logPit } from "./_log_pit.ts";
import type { ToyPoint, ToyProblem } from "./toy_problem.ts";

/**
 * The problem with which PCGrad was introduced: two losses that are logarithms, each with a deep,
 * narrow valley. Where the valleys cross both losses are lowest, but the sum of the gradients, drawn
 * into the wrong valley from the published start, does not get there.
 *
 * `L1 = 20 log max(|x1 / 2 + tanh x2|, 5e-6)`, `L2 = 25 log max(|x1 / 2 - tanh x2 + 2|, 5e-6)`.
 *
 * Cite: T. Yu et al. Gradient surgery for multi-task learning. NeurIPS 2020 (appendix).
 *
 * Known traps: both gradients are zero at the bottom of the valleys, where the logarithm is cut off;
 * a method that divides by their lengths needs a guard. Close to the bottom the way is chaotic: say
 * of an end point only in which valley it lies.
 */
export const narrowValley: ToyProblem = {
  name: "narrow valley",
  starts: [[0.5, -3]],
  xRange: [-6, 6],
  yRange: [-8, 8],
  losses([x1, x2]: ToyPoint) {
    const [first, second] = depths(x1, x2);
    return [20 * logPit(first).value, 25 * logPit(second).value];
  },
  gradients([x1, x2]: ToyPoint) {
    const [first, second] = depths(x1, x2);
    const bend = 1 / Math.cosh(x2) ** 2;
    const one = 20 * logPit(first).slope, other = 25 * logPit(second).slope;
    return [[0.5 * one, bend * one], [0.5 * other, -bend * other]];
  },
};

function depths(x1: number, x2: number): [number, number] {
  return [0.5 * x1 + Math.tanh(x2), 0.5 * x1 - Math.tanh(x2) + 2];
}
