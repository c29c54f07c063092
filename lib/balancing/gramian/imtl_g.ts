import { diagonal, dot, quadraticForm, type Rows } from "../../math/matrix.ts";
import { symmetricEigen } from "../../math/symmetric_eigen.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";
import { hasVanishingCombination, STATIONARY } from "./_stationarity.ts";

/** Settings of {@linkcode imtlG}. */
export interface ImtlGOptions extends GramianOptions {
  /**
   * Longest update, in lengths of the longest task gradient. Near Pareto-stationary points the
   * formula asks for updates of any length; longer ones are shortened, and the report says so.
   * Default 10.
   */
  readonly longest?: number;
}

/**
 * Impartial learning by gradients (IMTL-G): the update with the same projection on every task's
 * gradient direction.
 *
 * `w` proportional to `G^+ diag(G)^(1/2)`, summing to 1; weights may be negative. Where a convex
 * combination of the gradients vanishes the formula gives long updates at a point that needs none:
 * there the weights are 0 and the report says "stationary".
 *
 * Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021.
 */
export function imtlG(options: ImtlGOptions = {}): GramianBalancer {
  const { longest = 10 } = options;
  if (!(longest > 0)) throw new RangeError(`longest must be above 0, but is ${longest}.`);
  return gramianMethod({
    name: "imtl-g",
    configuration: { longest },
    solve: (gramian, { epsilon }) => imtlGWeights(gramian, longest, epsilon),
  }, options);
}

/** IMTL-G's weights; see {@linkcode imtlG}. */
export function imtlGWeights(
  gramian: Rows,
  longest = 10,
  epsilon = Number.EPSILON,
): Weighting {
  const zeros = gramian.map(() => 0);
  if (hasVanishingCombination(gramian, epsilon)) return { weights: zeros, notes: [STATIONARY] };
  const lengths = diagonal(gramian).map(Math.sqrt);
  const { values, vectors } = symmetricEigen(gramian);
  const threshold = values.at(-1)! * gramian.length * epsilon;
  const direction = [...zeros];
  values.forEach((value, r) => {
    if (value <= threshold) return;
    const factor = dot(vectors[r], lengths) / value;
    vectors[r].forEach((entry, i) => direction[i] += factor * entry);
  });
  const sum = direction.reduce((total, value) => total + value, 0);
  const magnitude = direction.reduce((total, value) => total + Math.abs(value), 0);
  if (Math.abs(sum) <= 1e-12 * magnitude) {
    return { weights: zeros, notes: ["stationary: the weights of IMTL-G have no finite sum"] };
  }
  const weights = direction.map((value) => value / sum);
  const length = Math.sqrt(Math.max(quadraticForm(gramian, weights), 0));
  const limit = longest * Math.max(...lengths);
  if (length <= limit) return { weights };
  return {
    weights: weights.map((weight) => weight * limit / length),
    notes: [
      `clipped: the update was ${
        (length / limit * longest).toPrecision(3)
      } times as long as the longest gradient`,
    ],
  };
}
