import { lasso } from "./lasso.ts";
import { type Penalty, renamed } from "./penalty.ts";
import { superpose } from "./superpose.ts";
import { traceNormBall } from "./trace_norm.ts";

// Ω(W) = min_{P + Q = W} γ ‖P‖₁  subject to ‖Q‖_* ≤ τ

/**
 * Sparse plus low rank: a low-rank part within a bound, and single coefficients beside it (Chen, Liu
 * and Ye, KDD 2010). With a strength in place of the bound it is
 * `superpose(lasso(γ), traceNorm(ρ))`.
 *
 * @param options.sparse γ ≥ 0 on single coefficients.
 * @param options.traceBound τ > 0, the largest trace norm of the low-rank part.
 */
export function sparseLowRank(options: { sparse: number; traceBound: number }): Penalty {
  const both = superpose(lasso(options.sparse), traceNormBall(options.traceBound));
  return renamed("sparseLowRank", { ...options }, both);
}
