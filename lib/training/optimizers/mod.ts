/**
 * Optimizers: gradients to new weights, with state that can be saved.
 * @module
 */
export { adam, type AdamOptions, adamW } from "./adam.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
export type { Gradients, Optimizer, OptimizerState, RunningOptimizer } from "./optimizer.ts";
