import { diagonal, dot, quadraticForm, type Rows } from "../../math/matrix.ts";
import { symmetricEigen } from "../../math/symmetric_eigen.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";

/** Settings of {@linkcode conflictFree}. */
export interface ConflictFreeOptions extends GramianOptions {
  /** Cosines that the update should have with the task gradients, up to a factor. Default 1 each. */
  readonly preference?: readonly number[];
}

/**
 * Conflict-free gradient (ConFIG): the direction with the same cosine to every task gradient, as
 * long as the sum of the gradients' projections on it.
 *
 * `u` is the unit vector along `U^+ 1`, where the rows of `U` are the gradients at length 1, and
 * `d = (sum_i g_i . u) u`. Zero gradients take no part.
 *
 * Liu et al., "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks", 2024,
 * arXiv 2408.11104.
 */
export function conflictFree(options: ConflictFreeOptions = {}): GramianBalancer {
  const { preference } = options;
  return gramianMethod({
    name: "config",
    configuration: { preference },
    perTask: { preference },
    solve: (gramian, { present, epsilon }) =>
      configWeights(gramian, present.map((task) => preference?.[task] ?? 1), epsilon),
  }, options);
}

/** ConFIG's weights. */
export function configWeights(
  gramian: Rows,
  preference: readonly number[],
  epsilon = Number.EPSILON,
): Weighting {
  const lengths = diagonal(gramian).map(Math.sqrt);
  const cosines = gramian.map((row, i) =>
    Array.from(row, (value, j) => value === 0 ? 0 : value / lengths[i] / lengths[j])
  );
  const { values, vectors } = symmetricEigen(cosines);
  const threshold = values.at(-1)! * gramian.length * epsilon;
  // U^+ 1 = U' (U U')^+ 1, and U U' is the matrix of cosines.
  const units = gramian.map(() => 0);
  values.forEach((value, r) => {
    if (value <= threshold) return;
    const factor = dot(vectors[r], preference) / value;
    vectors[r].forEach((entry, i) => units[i] += factor * entry);
  });
  const square = quadraticForm(cosines, units);
  const magnitude = units.reduce((sum, value) => sum + Math.abs(value), 0);
  if (square <= gramian.length * epsilon * magnitude * magnitude) {
    return {
      weights: gramian.map(() => 0),
      notes: ["stationary: no direction has the asked cosines with all gradients"],
    };
  }
  // Sum of the gradients' projections on the direction, divided by its squared length.
  let projections = 0;
  cosines.forEach((row, i) => projections += lengths[i] * dot(row, units));
  const factor = projections / square;
  return { weights: units.map((value, i) => value === 0 ? 0 : factor * value / lengths[i]) };
}
