/**
 * Models: what tasks share, and how.
 * @module
 */
export type {
  Architecture,
  BuildContext,
  BuiltArchitecture,
  ForwardResult,
  InputShapes,
} from "./architecture.ts";
export * from "./architectures/mod.ts";
export type { Encoder, Stage } from "./encoders/mod.ts";
export * as encoders from "./encoders/mod.ts";
export {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type MetricNameOf,
  type TaskEvaluation,
} from "./evaluate.ts";
export {
  graphArchitecture,
  type GraphArchitectureRecipe,
  type GraphBuilder,
  type GraphNode,
  type GraphPart,
  type GraphSource,
  type Mixing,
  type ModelGraph,
  type PartPlace,
  type PartRecipe,
  type Penalty,
  type PenaltyContext,
  type Reads,
  type Trunk,
  type TrunkOptions,
} from "./graph/mod.ts";
export type { HasTargets } from "./has_targets.ts";
export type {
  BuiltLayer,
  Counterpart,
  ForwardContext,
  Layer,
  LayersScope,
  WeightSource,
} from "./layers/mod.ts";
export * as layers from "./layers/mod.ts";
export { layersModel, type LayersModelOptions } from "./layers_model/mod.ts";
export { MultiTaskModel, type Outputs } from "./model.ts";
export { type MixingReading, readMixing } from "./mixing.ts";
export { forTask, type ForTaskOptions, TaskNetwork } from "./one_task/mod.ts";
export { loadModel, loadWeights, saveModel } from "./save.ts";
export {
  type ModelStructure,
  parametersByOwner,
  type StructurePart,
  type StructurePartKind,
} from "./structure.ts";
export { type Cost, type ModelSummary, summary, type SummaryRow } from "./summary.ts";
export {
  type Initializer,
  type NamedVariable,
  type VariableOptions,
  VariableScope,
} from "./variable_scope.ts";
