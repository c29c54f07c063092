/**
 * polytask: multi-task learning for TypeScript.
 *
 * @module
 */
import { installDisplays } from "./display/mod.ts";

export * from "./analysis/mod.ts";
export * from "./backend/mod.ts";
export * from "./balancing/mod.ts";
export * as data from "./data/mod.ts";
export {
  type Batch,
  type BatchOptions,
  type BatchSource,
  type Column,
  type ColumnValues,
  type DatasetParts,
  type Fold,
  type Labels,
  MultiTaskDataset,
  type NestedFold,
  type SplitOptions,
} from "./data/mod.ts";
export * from "./display/mod.ts";
/** Gradients of several losses from one recorded forward pass. */
export * as gradients from "./gradients/mod.ts";
/** Regularised linear multi-task learning. */
export * as linear from "./linear/mod.ts";
/** Quadratic programs, eigenvalues and other small numerics in float64. */
export * as math from "./math/mod.ts";
export { Random, type RandomState } from "./math/random.ts";
export * from "./models/mod.ts";
export * from "./tasks/mod.ts";
export * from "./training/mod.ts";
export { version } from "./version.ts";

installDisplays();
