import { matrixTimesVector } from "../../math/matrix.ts";
import { projectOntoSimplex } from "../../math/simplex_projection.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { simplexMemory } from "./_simplex_memory.ts";

/** Settings of {@linkcode modo}. */
export interface ModoOptions extends GramianOptions {
  /**
   * `"three"`: the matrix is made of gradients from two independent thirds of the batch, and the
   * update of those from the last third, as the paper asks. `"one"`: the Gramian of the whole batch,
   * which overrates noisy gradients. Default `"three"`.
   */
  readonly sampling?: "three" | "one";
  /** Step length of the weights. Default 1e-3. */
  readonly gamma?: number;
  /** Pull towards equal weights. Default 0.1. */
  readonly rho?: number;
}

/**
 * MoDo: weights that follow the shortest convex combination slowly, by projected gradient steps
 * `w <- proj(w - gamma (A w + rho w))` on the simplex.
 *
 * `A = J1 J2'` comes from two independent samples, which makes the step unbiased, and the update
 * from a third; such a matrix need not be symmetric. `fit` takes the thirds of each batch where the
 * paper draws three batches; a batch with a third in which a task has no label counts as one sample,
 * and the history says so.
 *
 * Chen et al., "Three-Way Trade-Off in Multi-Objective Learning", NeurIPS 2023, arXiv 2305.20057.
 */
export function modo(options: ModoOptions = {}): GramianBalancer {
  const { gamma = 1e-3, rho = 0.1, sampling = "three" } = options;
  const memory = simplexMemory();
  return gramianMethod({
    name: "modo",
    configuration: { gamma, rho, sampling },
    independent: sampling === "three",
    solve(gramian, { present, tasks }) {
      const weights = memory.read(present, tasks);
      const slopes = matrixTimesVector(gramian, weights);
      const next = projectOntoSimplex(
        weights.map((weight, i) => weight - gamma * (slopes[i] + rho * weight)),
      );
      memory.write(present, next);
      return { weights: next };
    },
    ...memory.lifecycle,
  }, options);
}
