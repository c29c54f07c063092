/**
 * Training: fit a model on all its tasks, stop, save, go on.
 * @module
 */
export type { Batching } from "./_batches.ts";
export type { EarlyStopping } from "./early_stopping.ts";
export { fit, type FitOptions } from "./fit.ts";
export {
  type EpochRecord,
  History,
  type HistoryData,
  type Run,
  type StepRecord,
  type StopReason,
  type TaskFigures,
} from "./history.ts";
export {
  setDefaultObserver,
  type TrainingObserver,
  type TrainingPlan,
  type TrainingStep,
} from "./observer.ts";
export * as optimizers from "./optimizers/mod.ts";
export type { Gradients, Optimizer, OptimizerState, RunningOptimizer } from "./optimizers/mod.ts";
/** Learning-rate schedules: factors on the learning rate of the optimizer. */
export * as schedules from "./schedules.ts";
export type { Schedule, SchedulePosition } from "./schedules.ts";
export { TrainingError } from "./training_error.ts";
