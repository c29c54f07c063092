import type { DataTerm, Problem } from "./_problem.ts";
import { fista } from "./solver.ts";

/** For squared losses and problems without intercepts, which do not look at them. */
export const NO_INTERCEPTS: Float64Array = new Float64Array(0);

/** Gradient in `W` at `W = 0` with the best intercepts. */
export function gradientAtZero(problem: Problem, data: DataTerm): Float64Array {
  const { features, columns } = problem.layout;
  const gradient = new Float64Array(columns * features);
  const intercepts = data.ownIntercepts ? bestConstants(problem, data) : NO_INTERCEPTS;
  const zero = new Float64Array(gradient.length);
  data.evaluate(zero, intercepts, gradient, new Float64Array(columns));
  return gradient;
}

/** Intercepts that are best while all coefficients are zero. */
function bestConstants({ layout, blocks }: Problem, data: DataTerm): Float64Array {
  const { features, columns } = layout;
  const zero = new Float64Array(columns * features);
  const wGradient = new Float64Array(columns * features);
  let largest = 0;
  for (const { rows, tasks } of blocks) {
    for (const { loss, weight } of tasks) {
      largest = Math.max(largest, weight * loss.curvature(rows) * rows);
    }
  }
  const { x } = fista(
    {
      size: columns,
      lipschitzBound: largest,
      evaluate: (c, gradient) =>
        data.evaluate(zero, c, wGradient, gradient ?? new Float64Array(columns)),
    },
    { apply: () => {}, value: () => 0 },
    { tolerance: 1e-10, maxIterations: 2000 },
  );
  return x;
}
