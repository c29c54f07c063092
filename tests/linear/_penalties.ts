import * as linear from "../../lib/linear/mod.ts";

const edges = [{ from: "a", to: "b" }, { from: "b", to: "c", weight: -0.5 }];

/** Every penalty at a middling strength, for tasks "a", "b", "c". */
export const penalties: readonly linear.Penalty[] = [
  linear.ridge(0.7),
  linear.lasso(0.7),
  linear.elasticNet(0.5, 0.3),
  linear.jointFeatures(0.7),
  linear.l1Infinity(0.9),
  linear.traceNorm(0.8),
  linear.traceNormBall(1.5),
  linear.taskGroups(0.7),
  linear.meanRegularised(0.7),
  linear.meanRegularised(0.7, { shared: 0.2 }),
  linear.graph(0.6, edges),
  linear.temporal(0.6),
  linear.fused(0.4),
  linear.clustered(2, { outside: 1, overall: 0.3 }),
  linear.alternatingStructure(1, { outside: 0.8, overall: 0.2 }),
  linear.dirty({ shared: 0.9, own: 0.5 }),
  linear.robust({ lowRank: 0.8, outliers: 0.6 }),
  linear.robustFeatures({ features: 0.6, outliers: 0.7 }),
  linear.sparseLowRank({ sparse: 0.5, traceBound: 2 }),
  linear.sum(linear.lasso(0.3), linear.jointFeatures(0.4)),
  linear.sum(linear.lasso(0.3), linear.l1Infinity(0.4)),
  linear.sum(linear.elasticNet(0.3, 0.2), linear.meanRegularised(0.4)),
  linear.sum(linear.jointFeatures(0.4), linear.elasticNet(0.3, 0.2)),
  linear.sum(linear.lasso(0.3), linear.fused(0.4)),
  linear.sum(linear.jointFeatures(0.3), linear.lasso(0.2), linear.fused(0.4)),
  linear.sum(linear.l1Infinity(0.3), linear.fused(0.4)),
  linear.superpose(linear.lasso(0.5), linear.traceNorm(0.7)),
];
