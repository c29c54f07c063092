import { cholesky, choleskySolve } from "./_cholesky.ts";
import type { BlockTask, Problem, QuadraticData } from "./_problem.ts";

/** Replaces every column of `x` `[columns, features]` by the solution of its equations. */
export type SolveColumns = (x: Float64Array) => void;

/**
 * Factors `α_k X_kᵀX_k + shift I` for every column, one factor where tasks share rows, weight and
 * shift. A column whose sum is not positive definite is left as it is.
 */
export function columnFactors(
  { layout, blocks }: Problem,
  data: QuadraticData,
  shiftOf: (task: BlockTask, gram: Float64Array) => number,
): SolveColumns {
  const { features } = layout;
  const factors: (Float64Array | undefined)[] = [];
  blocks.forEach((block, number) => {
    const gram = data.gram(number);
    const known = new Map<string, Float64Array | undefined>();
    for (const task of block.tasks) {
      const shift = shiftOf(task, gram);
      const key = `${task.weight}/${shift}`;
      if (!known.has(key)) {
        known.set(key, cholesky(gram.map((value) => task.weight * value), features, shift));
      }
      factors[task.firstColumn] = known.get(key);
    }
  });
  return (x) =>
    factors.forEach((lower, column) => {
      if (lower) choleskySolve(lower, features, x, column * features);
    });
}
