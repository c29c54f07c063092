import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { clipped, fairgradWeights } from "./fairgrad.ts";

/** Settings of {@linkcode nashMtl}. */
export interface NashMtlOptions extends GramianOptions {
  /** Longest update; longer ones are shortened. The authors' code uses 1. Default: no limit. */
  readonly maxNorm?: number;
}

/**
 * Nash bargaining (Nash-MTL): the update with the largest product of task gains, whose weights
 * solve `(G w)_i = 1 / w_i`.
 *
 * The update has length `sqrt(K)` whatever the gradients' lengths, so the method does not care how
 * losses are scaled. For two tasks `w_i = 1 / (|g_i| sqrt(1 + cos))`. At Pareto-stationary points
 * the weights would be infinite: they are capped, and the report says so.
 *
 * Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022, arXiv 2202.01017. Solved by
 * a damped Newton method on the convex problem that the equation belongs to, not by the authors'
 * sequence of convex programs.
 *
 * ```ts
 * import { nashMtl } from "polytask";
 * const weights = nashMtl().weights([[1, 0], [0, 4]]); // 1, 1/2
 * if (Math.abs(weights[1] - 0.5) > 1e-9) throw new Error("not the bargain");
 * ```
 */
export function nashMtl(options: NashMtlOptions = {}): GramianBalancer {
  const { maxNorm } = options;
  return gramianMethod({
    name: "nash-mtl",
    configuration: { maxNorm },
    solve: (gramian, { epsilon }) =>
      clipped(gramian, fairgradWeights(gramian, 1, epsilon), maxNorm),
  }, options);
}
