import { jointFeatures } from "./joint_features.ts";
import { type Penalty, renamed } from "./penalty.ts";
import { superpose } from "./superpose.ts";
import { taskGroups } from "./task_groups.ts";
import { traceNorm } from "./trace_norm.ts";

// robust (RMTL):          Ω(W) = min_{L + S = W} ρ_l ‖L‖_*    + ρ_o Σ_k ‖s_k‖₂
// robustFeatures (rMTFL): Ω(W) = min_{P + Q = W} ρ_f ‖P‖_{2,1} + ρ_o Σ_k ‖q_k‖₂

/**
 * Robust: related tasks share a low-rank part, outlier tasks get vectors of their own (Chen, Zhou and
 * Ye, KDD 2011).
 *
 * @param options.lowRank ρ_l ≥ 0 on the trace norm of the shared part.
 * @param options.outliers ρ_o ≥ 0 on the length of every task's own part.
 */
export function robust(options: { lowRank: number; outliers: number }): Penalty {
  const { lowRank, outliers } = options;
  return renamed("robust", { ...options }, superpose(traceNorm(lowRank), taskGroups(outliers)));
}

/**
 * Robust feature selection: related tasks share features, outlier tasks get vectors of their own
 * (Gong, Ye and Zhang, KDD 2012).
 *
 * @param options.features ρ_f ≥ 0 on the features of the shared part.
 * @param options.outliers ρ_o ≥ 0 on the length of every task's own part.
 */
export function robustFeatures(options: { features: number; outliers: number }): Penalty {
  const { features, outliers } = options;
  const both = superpose(jointFeatures(features), taskGroups(outliers));
  return renamed("robustFeatures", { ...options }, both);
}
