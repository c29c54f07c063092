import type { Task } from "../tasks/mod.ts";
import { buildStage, type BuiltStage } from "./encoders/encoder.ts";
import { headLayers } from "./heads/mod.ts";
import type { VariableScope } from "./variable_scope.ts";

/** The part that turns features into the raw outputs of one task, as the task plans it. */
export function buildHead(
  task: Task,
  featureShape: readonly number[],
  scope: VariableScope,
): BuiltStage {
  const outputs = task.outputShape.reduce((product, side) => product * side, 1);
  const plan = task.head ?? { kind: "vector", outputs };
  const layers = headLayers(plan, task.hidden, featureShape);
  return { ...buildStage({ name: "head", layers }, featureShape, scope), name: task.name };
}
