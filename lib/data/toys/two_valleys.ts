import { logPit } from "./_log_pit.ts";
import type { ToyPoint, ToyProblem } from "./toy_problem.ts";

/**
 * The problem with which CAGrad was introduced. Below `x2 = 0` each loss is a wide bowl, with its
 * bottom at `x1 = 7` or `x1 = -7`; every point of the line between them, near `x2 = -8.36`, is Pareto
 * optimal. Above lie two grooves, each of one loss, in which the gradients conflict.
 *
 * Cite: B. Liu et al. Conflict-averse gradient descent for multi-task learning. NeurIPS 2021 (the
 * formulas are those of its published code; at `x2 = 0`, where both halves meet, the slope of either
 * half counts).
 *
 * Known traps: logarithms are cut off at 5e-6, where their gradient is zero. Where a method ends
 * depends on the learning rate.
 */
export const twoValleys: ToyProblem = {
  name: "two valleys",
  starts: [[-8.5, 7.5], [-8.5, -5], [9, 9]],
  xRange: [-10, 10],
  yRange: [-10, 10],
  losses: (point) => evaluate(point).map(({ loss }) => loss) as [number, number],
  gradients: (point) =>
    evaluate(point).map(({ gradient }) => gradient) as [[number, number], [number, number]],
};

function evaluate([x1, x2]: ToyPoint) {
  const upper = Math.max(Math.tanh(x2 / 2), 0), lower = Math.max(Math.tanh(-x2 / 2), 0);
  const slope = 0.5 / Math.cosh(x2 / 2) ** 2;
  const upperSlope = x2 >= 0 ? slope : 0, lowerSlope = x2 <= 0 ? -slope : 0;
  const bend = 1 / Math.cosh(x2) ** 2;
  return [
    { depth: 0.5 * (-x1 - 7) + Math.tanh(x2), depthSlope: bend, centre: 7 },
    { depth: 0.5 * (-x1 + 3) - Math.tanh(x2) + 2, depthSlope: -bend, centre: -7 },
  ].map(({ depth, depthSlope, centre }) => {
    const pit = logPit(depth), groove = pit.value + 6;
    const bowl = ((x1 - centre) ** 2 + 0.1 * (x2 + 8) ** 2) / 10 - 20;
    return {
      loss: upper * groove + lower * bowl,
      gradient: [
        -0.5 * upper * pit.slope + lower * (x1 - centre) / 5,
        upperSlope * groove + upper * pit.slope * depthSlope + lowerSlope * bowl +
        lower * (x2 + 8) / 50,
      ],
    };
  });
}
