import { quadraticForm, type Rows } from "../../math/matrix.ts";
import { minimizeOnSimplex } from "../../math/simplex_quadratic.ts";

/** Note of a step in which no direction helps every task. */
export const STATIONARY = "stationary: a convex combination of the task gradients vanishes";

/**
 * Whether the combination with these convex weights vanishes up to rounding: its squared length
 * against the sum of the weighted lengths, squared.
 *
 * @param epsilon Relative rounding error of the Gramian's entries.
 */
export function isStationary(gramian: Rows, weights: readonly number[], epsilon: number): boolean {
  let length = 0;
  weights.forEach((weight, i) => length += weight * Math.sqrt(gramian[i][i]));
  return quadraticForm(gramian, weights) <= 16 * gramian.length * epsilon * length * length;
}

/**
 * Whether some convex combination of the gradients vanishes. Lengths do not matter for this, so the
 * gradients are compared at length 1; zero gradients are left out.
 */
export function hasVanishingCombination(gramian: Rows, epsilon: number): boolean {
  const kept = gramian.flatMap((row, i) => row[i] > 0 ? [i] : []);
  const cosines = kept.map((i) =>
    kept.map((j) =>
      i === j ? 1 : gramian[i][j] / Math.sqrt(gramian[i][i]) / Math.sqrt(gramian[j][j])
    )
  );
  if (kept.length < 2) return false;
  return isStationary(cosines, minimizeOnSimplex(cosines).weights, epsilon);
}
