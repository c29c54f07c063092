import { dot, matrixTimesVector, type Rows } from "../../math/matrix.ts";
import { minimizeOnSimplex } from "../../math/simplex_quadratic.ts";
import type { GramianBalancer } from "../balancer.ts";
import {
  gramianMethod,
  type GramianOptions,
  NO_LOSSES,
  type Weighting,
} from "./_gramian_method.ts";

/** Settings of {@linkcode paretoMtl}. */
export interface ParetoMtlOptions extends GramianOptions {
  /** Directions that divide the space of losses, one part each: `[P][K]`, entries 0 or more. */
  readonly preferences: readonly (readonly number[])[];
  /** Which part this run is to end in, from 0. */
  readonly chosen: number;
}

/**
 * Pareto multi-task learning (ParetoMTL): a descent for all tasks that stays in a chosen part of the
 * space of losses. Run once for each part it traces the Pareto front.
 *
 * The part of direction `u_k` holds the losses with `(u_j - u_k) . L <= 0` for all other `j`. The
 * first steps go straight into it; from then on the update is the shortest convex combination of
 * the task gradients and those of the conditions that are violated. The weights are scaled to
 * `sum |w| = K`, as in the authors' code; the heads get their own gradients.
 *
 * Lin et al., "Pareto Multi-Task Learning", NeurIPS 2019, arXiv 1912.12854.
 */
export function paretoMtl(options: ParetoMtlOptions): GramianBalancer {
  const { preferences, chosen } = options;
  if (!preferences[chosen]) {
    throw new RangeError(
      `chosen must be from 0 to ${preferences.length - 1}, the parts there are, but is ${chosen}.`,
    );
  }
  const unit = preferences.map((direction) => {
    const length = Math.sqrt(dot(direction, direction));
    if (!(length > 0) || direction.some((entry) => entry < 0)) {
      throw new RangeError(
        `A preference must have entries from 0 and not only zeros: [${direction}].`,
      );
    }
    return direction.map((entry) => entry / length);
  });
  let arrived = false;
  return gramianMethod({
    name: "pareto-mtl",
    configuration: { preferences, chosen },
    perTask: Object.fromEntries(preferences.map((row, part) => [`preferences[${part}]`, row])),
    solve(gramian, { present, losses }) {
      const conditions = unit.flatMap((direction, part) =>
        part === chosen ? [] : [present.map((task) => direction[task] - unit[chosen][task])]
      );
      const violated = losses ? conditions.filter((condition) => dot(condition, losses) > 0) : [];
      if (losses && violated.length === 0) arrived = true;
      const tasks = present.map((_, i) => present.map((__, j) => i === j ? 1 : 0));
      const { weights, notes = [] } = paretoWeights(
        gramian,
        arrived || !losses ? [...tasks, ...violated] : violated,
      );
      return {
        weights,
        notes: [
          ...notes,
          ...losses ? [] : [NO_LOSSES],
          ...arrived ? [] : ["on the way to the chosen part"],
        ],
      };
    },
    state: () => ({ arrived }),
    restore: (state) => arrived = state.arrived as boolean,
    reset: () => arrived = false,
  }, options);
}

/**
 * Weights of the shortest convex combination of some combinations of the gradients, scaled to
 * `sum |w| = K`.
 *
 * @param combinations One row of K factors each.
 */
export function paretoWeights(gramian: Rows, combinations: Rows): Weighting {
  const images = combinations.map((row) => matrixTimesVector(gramian, row));
  const { weights: shares, converged } = minimizeOnSimplex(
    combinations.map((_, i) => images.map((image) => dot(combinations[i], image))),
  );
  const weights = gramian.map((_, task) =>
    shares.reduce((sum, share, row) => sum + share * combinations[row][task], 0)
  );
  const size = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const notes = converged ? [] : ["not converged: the shortest combination"];
  return size > 0
    ? { weights: weights.map((weight) => weight * weights.length / size), notes }
    : { weights, notes: [...notes, "stationary: the conditions cancel out"] };
}
