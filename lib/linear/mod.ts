/** Regularised linear multi-task learning: `min over W, c of Σ_k α_k R_k(w_k, c_k) + Ω(W)`. */
export { singularValues } from "./_decompositions.ts";
export { type Matrix, matrix } from "./_matrix.ts";
export { LinearData, type LinearTask, type LinearTaskInput } from "./data.ts";
export { fit, type FitOptions, type FitSettings } from "./fit.ts";
export { type Layout, layoutOf } from "./layout.ts";
export { calibrated, hinge, huber, logistic, type Loss, multinomial, squared } from "./losses.ts";
export { LinearModel, type LinearModelParts, type LinearModelTask } from "./model.ts";
export { alternatingStructure, clustered, type ClusteredOptions } from "./penalties/clustered.ts";
export { dirty } from "./penalties/dirty.ts";
export { correlationEdges, graph, type TaskEdge } from "./penalties/graph.ts";
export { jointFeatures } from "./penalties/joint_features.ts";
export { l1Infinity } from "./penalties/l1_infinity.ts";
export { lasso } from "./penalties/lasso.ts";
export { meanRegularised } from "./penalties/mean_regularised.ts";
export { none } from "./penalties/none.ts";
export { fused, temporal } from "./penalties/ordered.ts";
export type { BoundPenalty, Penalty, QuadraticForm } from "./penalties/penalty.ts";
export { ridge } from "./penalties/ridge.ts";
export { robust, robustFeatures } from "./penalties/robust.ts";
export { sparseLowRank } from "./penalties/sparse_low_rank.ts";
export { elasticNet, sum } from "./penalties/sum.ts";
export { superpose } from "./penalties/superpose.ts";
export { taskGroups } from "./penalties/task_groups.ts";
export { traceNorm, traceNormBall } from "./penalties/trace_norm.ts";
export {
  fista,
  type FistaOptions,
  type Proximal,
  type Smooth,
  type SolverReport,
  type StopReason,
} from "./solver.ts";
export {
  crossValidate,
  type CrossValidation,
  type CrossValidationOptions,
} from "./cross_validation.ts";
export { type LinearPath, path, type PathOptions, strengthsFor } from "./path.ts";
export { type LinearFigures, type LinearReport, report } from "./report.ts";
export { type TaskClusters, taskClusters } from "./clusters.ts";
export { discriminantAnalysis, type DiscriminantOptions } from "./discriminant.ts";
export { type GeneratedTasks, type GenerateOptions, generateTasks } from "./generate.ts";
export { highestScore, oneAgainstRest } from "./one_against_rest.ts";
export { reducedRank } from "./reduced_rank.ts";
export { type Stability, type StabilityOptions, stabilitySelection } from "./stability.ts";
export { type AlternatingOptions, type AlternatingResult, fitAlternating } from "./alternating.ts";
