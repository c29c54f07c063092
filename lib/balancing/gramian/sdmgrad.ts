import { diagonal, matrixTimesVector } from "../../math/matrix.ts";
import { projectOntoSimplex } from "../../math/simplex_projection.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { simplexMemory } from "./_simplex_memory.ts";

/** Note of a step that kept the weights of the one before. */
const NO_SCALE =
  "weights not moved: no task's gradients from the two samples point the same way, which gives no scale";

/** Settings of {@linkcode sdmgrad}. */
export interface SdmgradOptions extends GramianOptions {
  /**
   * `"three"`: the matrix is made of gradients from two independent thirds of the batch, and the
   * update of those from the last third, as the paper asks. `"one"`: the Gramian of the whole batch,
   * which overrates noisy gradients. Default `"three"`.
   */
  readonly sampling?: "three" | "one";
  /** Pull towards the mean gradient, 0 or more. Default 0.3. */
  readonly lambda?: number;
  /** Step length of the inner descent. Default 5. */
  readonly learningRate?: number;
  /** Momentum of the inner descent. Default 0.5. */
  readonly momentum?: number;
  /** Inner steps. Default 20. */
  readonly iterations?: number;
}

/**
 * Direction-oriented multi-objective descent (SDMGrad): MGDA pulled towards the mean gradient.
 *
 * Inner projected steps with momentum on the simplex along `A (w + lambda/K)`, starting where the
 * last call ended; the weights are `(w + lambda/K) / (1 + lambda)` and sum to 1. `A` is divided by
 * the squared mean gradient length first, negative squares (of samples that disagree) taken as 0;
 * where all are, the weights stay as they are and the report says so. As for `modo`, `A = J1 J2'` comes from two independent
 * thirds of the batch and the update from the last one, where the paper draws three batches.
 *
 * Xiao, Ban and Ji, "Direction-oriented Multi-objective Learning", NeurIPS 2023, arXiv 2305.18409.
 */
export function sdmgrad(options: SdmgradOptions = {}): GramianBalancer {
  const { lambda = 0.3, learningRate = 5, momentum = 0.5, iterations = 20, sampling = "three" } =
    options;
  const memory = simplexMemory();
  return gramianMethod({
    name: "sdmgrad",
    configuration: { lambda, learningRate, momentum, iterations, sampling },
    independent: sampling === "three",
    solve(gramian, { present, tasks }) {
      const count = present.length;
      const lengths = diagonal(gramian).map((square) => Math.sqrt(Math.max(square, 0)));
      const scale = (lengths.reduce((sum, length) => sum + length, 0) / count) ** 2;
      let weights = memory.read(present, tasks);
      let velocity = weights.map(() => 0);
      for (let step = 0; step < iterations && scale > 0; step++) {
        const slopes = matrixTimesVector(gramian, weights.map((weight) => weight + lambda / count));
        velocity = velocity.map((value, i) => momentum * value + slopes[i] / scale);
        weights = projectOntoSimplex(weights.map((w, i) => w - learningRate * velocity[i]));
      }
      memory.write(present, weights);
      return {
        weights: weights.map((weight) => (weight + lambda / count) / (1 + lambda)),
        notes: scale > 0 ? [] : [NO_SCALE],
      };
    },
    ...memory.lifecycle,
  }, options);
}
