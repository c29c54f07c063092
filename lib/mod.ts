/**
 * polytask: multi-task learning for TypeScript.
 *
 * @module
 */
export * from "./analysis/mod.ts";
export * from "./balancing/balancer.ts";
export {
  type Batch,
  type BatchOptions,
  type BatchSource,
  type DatasetParts,
  MultiTaskDataset,
} from "./data/dataset.ts";
export type { Column, ColumnValues } from "./data/column.ts";
export { Random, type RandomState } from "./math/random.ts";
export * from "./models/mod.ts";
export * from "./tasks/mod.ts";
export * from "./training/mod.ts";
export { version } from "./version.ts";
