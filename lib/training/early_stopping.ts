import type { Evaluation } from "../models/mod.ts";

/** When to stop before the last epoch. Looks at validation data only, never at training or test. */
export interface EarlyStopping {
  /** Epochs without a better figure after which training stops. From 1. */
  readonly patience: number;
  /**
   * The figure to watch, where lower is better. Default: the sum of the tasks' validation losses.
   */
  readonly watch?: (validation: Evaluation) => number;
  /** Give the model the weights of the best epoch at the end. Default true. */
  readonly restoreBest?: boolean;
}

/** The sum of the validation losses of all tasks. */
export function sumOfLosses(validation: Evaluation): number {
  return Object.values(validation).reduce((sum, { loss }) => sum + loss, 0);
}
