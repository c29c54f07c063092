/**
 * Analysis: what a comparison of runs shows.
 * @module
 */
export {
  compare,
  type CompareOptions,
  Comparison,
  type Figures,
  type PairedDifference,
} from "./compare.ts";
export {
  type ConflictRecord,
  Conflicts,
  conflicts,
  type GradientGeometry,
  gradientGeometry,
  type PairTrajectory,
} from "./conflicts.ts";
export { type BalancerReports, balancerReports, type ReportedKind } from "./reports.ts";
export { verdict, type VerdictOptions } from "./verdict.ts";
export { type MeanInterval, meanInterval } from "../math/mean_interval.ts";
