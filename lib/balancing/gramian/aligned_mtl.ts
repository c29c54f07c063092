import { dot, type Rows } from "../../math/matrix.ts";
import { symmetricEigen } from "../../math/symmetric_eigen.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";

/** Settings of {@linkcode alignedMtl}. */
export interface AlignedMtlOptions extends GramianOptions {
  /** The common length given to the principal components. Default `"min"`, as in the paper. */
  readonly scale?: "min" | "median" | "rmse";
  /** Importance of each task. Default 1/K each; the authors' code uses 1. */
  readonly preference?: readonly number[];
}

/**
 * Aligned-MTL: the gradients are replaced by the nearest system of orthogonal gradients of equal
 * length, which has condition number 1, and added with the preferences.
 *
 * With `G = V L V'` and rank r, `w = s V L^(-1/2) V' p`, where `s` is the square root of the
 * smallest (`"min"`), median or mean (`"rmse"`) of the r eigenvalues.
 *
 * Senushkin et al., "Independent Component Alignment for Multi-Task Learning", CVPR 2023, arXiv
 * 2305.19000.
 */
export function alignedMtl(options: AlignedMtlOptions = {}): GramianBalancer {
  const { scale = "min", preference } = options;
  return gramianMethod({
    name: "aligned-mtl",
    configuration: { scale, preference },
    perTask: { preference },
    solve(gramian, { present, epsilon }) {
      const chosen = present.map((task) => preference ? preference[task] : 1 / present.length);
      return alignedWeights(gramian, chosen, scale, epsilon);
    },
  }, options);
}

/** Aligned-MTL's weights. */
export function alignedWeights(
  gramian: Rows,
  preference: readonly number[],
  scale: "min" | "median" | "rmse" = "min",
  epsilon = Number.EPSILON,
): Weighting {
  const { values, vectors } = symmetricEigen(gramian);
  const threshold = values.at(-1)! * gramian.length * epsilon;
  const kept = values.flatMap((value, r) => value > threshold ? [r] : []);
  const retained = kept.map((r) => values[r]);
  const half = Math.floor((retained.length - 1) / 2);
  const square = {
    min: retained[0],
    median: retained[half],
    rmse: retained.reduce((sum, value) => sum + value, 0) / retained.length,
  }[scale];
  const weights = gramian.map(() => 0);
  for (const r of kept) {
    const factor = Math.sqrt(square / values[r]) * dot(vectors[r], preference);
    vectors[r].forEach((entry, i) => weights[i] += factor * entry);
  }
  return {
    weights,
    notes: kept.length < gramian.length ? [`the gradients have rank ${kept.length}`] : [],
  };
}
