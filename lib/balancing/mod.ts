/** How several losses become one update: methods that look at losses, at the Gramian, or at whole gradients. */
export type {
  Balancer,
  BalancerCommon,
  BalancerContext,
  BalancerReport,
  BalancerState,
  GradientSource,
  GramianBalancer,
  JacobianBalancer,
  LossBalancer,
  Probe,
} from "./balancer.ts";
export * from "./gramian/mod.ts";
export * from "./jacobian/mod.ts";
export * from "./losses/mod.ts";
export { computeUpdate, type Forward, type Update, type UpdateRequest } from "./update.ts";
