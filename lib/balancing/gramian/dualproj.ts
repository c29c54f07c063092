import { minimizeAboveBounds } from "../../math/bounded_quadratic.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** Settings of {@linkcode dualproj}. */
export interface DualprojOptions extends GramianOptions {
  /** Weight of each task before projection. Default 1/K each. */
  readonly preference?: readonly number[];
}

/**
 * DualProj: the weighted mean gradient projected onto the cone of updates that hurt no task.
 *
 * `w = argmin {v'Gv : v >= p}`. The projection of gradient episodic memory: Lopez-Paz and Ranzato,
 * NeurIPS 2017, arXiv 1706.08840.
 */
export function dualproj(options: DualprojOptions = {}): GramianBalancer {
  const { preference } = options;
  return gramianMethod({
    name: "dualproj",
    configuration: { preference },
    perTask: { preference },
    solve(gramian, { present }) {
      const lower = present.map((task) => preference ? preference[task] : 1 / present.length);
      const { weights, converged } = minimizeAboveBounds(gramian, lower);
      return { weights, notes: converged ? [] : ["not converged: the projection"] };
    },
  }, options);
}
