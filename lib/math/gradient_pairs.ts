import type { Rows } from "./matrix.ts";

/** How two gradients lie to each other. */
export interface GradientPair {
  /** From -1, against each other, to 1; `NaN` with a zero gradient. */
  readonly cosine: number;
  /** `2 |g| |h| / (|g|^2 + |h|^2)`: 1 for equal lengths, towards 0 else. */
  readonly magnitudeSimilarity: number;
  /**
   * `(1 - cosine^2) |g - h|^2 / |g + h|^2`, at least 0, the lower bound of the curvature from which
   * on projecting conflicting gradients pays; `NaN` for opposite gradients of equal length.
   */
  readonly curvature: number;
}

/**
 * The figures by which Yu et al. (PCGrad, NeurIPS 2020, arXiv 2001.06782) tell conflicting gradients.
 *
 * ```ts
 * import { math } from "polytask";
 * const { curvature } = math.gradientPair([[18, -22], [-22, 38]], 0, 1);
 * if (Math.abs(curvature - 2.43664717) > 1e-8) throw new Error("not the curvature");
 * ```
 *
 * @param gramian Inner products of the gradients, `[K, K]`.
 */
export function gradientPair(gramian: Rows, first: number, second: number): GradientPair {
  const [a, b, c] = [gramian[first][first], gramian[first][second], gramian[second][second]];
  const lengths = Math.sqrt(a) * Math.sqrt(c);
  const cosine = b / lengths;
  return {
    cosine,
    magnitudeSimilarity: 2 * lengths / (a + c),
    curvature: Math.max(1 - cosine * cosine, 0) * (a + c - 2 * b) / (a + c + 2 * b),
  };
}
