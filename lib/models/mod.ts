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
export * as encoders from "./encoders/mod.ts";
export {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type TaskEvaluation,
} from "./evaluate.ts";
export { hardSharing, type HardSharingOptions } from "./hard_sharing.ts";
export * as layers from "./layers/mod.ts";
export { MultiTaskModel, type Outputs } from "./model.ts";
export { loadModel, loadWeights, saveModel } from "./save.ts";
export type { Reads } from "./stems.ts";
export {
  type ModelStructure,
  parametersByOwner,
  type StructurePart,
  type StructurePartKind,
} from "./structure.ts";
export { type Initializer, type NamedVariable, VariableScope } from "./variable_scope.ts";
