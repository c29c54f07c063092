/**
 * Tasks: what there is to predict, with its loss and its metrics.
 * @module
 */
export { binary, type BinaryOptions } from "./binary.ts";
export type { BinaryMetric } from "./metrics/_binary_metrics.ts";
export type { ClassMetric } from "./metrics/_class_metrics.ts";
export type { LabelMetric } from "./metrics/_label_metrics.ts";
export type { ErrorLoss } from "./_robust.ts";
export type { FocalOptions } from "./_focal.ts";
export { box, type BoxOptions } from "./box.ts";
export { classification, type ClassificationOptions } from "./classification.ts";
export { ctc, ctcDecode, type CtcOptions } from "./ctc.ts";
export { depth, type DepthOptions } from "./depth.ts";
export { multiLabel, type MultiLabelOptions } from "./multi_label.ts";
export { ordinal, type OrdinalOptions } from "./ordinal.ts";
export { regression, type RegressionOptions } from "./regression.ts";
export { segmentation, type SegmentationOptions } from "./segmentation.ts";
export { viterbi } from "./sequences/chain.ts";
export { predictedTags, tagging, type TaggingOptions, type TagMetric } from "./tagging.ts";
export type { HeadOptions, HeadPlan, HeadPooling } from "./head.ts";
export * as metrics from "./metrics/mod.ts";
export { maskedMean } from "./masked_mean.ts";
export { taskFromConfiguration } from "./from_configuration.ts";
export type { Metric, MetricAccumulator, MetricBatch, Task, TaskKind, TaskName } from "./task.ts";
