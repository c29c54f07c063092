import type { Task } from "../tasks/mod.ts";
import { buildStage, type BuiltStage } from "./encoders/encoder.ts";
import { dense, flatten } from "./layers/mod.ts";
import type { VariableScope } from "./variable_scope.ts";

/** The part that turns features into the raw outputs of one task: hidden ReLU layers, then linear. */
export function buildHead(
  task: Task,
  featureShape: readonly number[],
  scope: VariableScope,
): BuiltStage {
  const outputs = task.outputShape.reduce((product, side) => product * side, 1);
  const layers = [
    ...(featureShape.length > 1 ? [flatten()] : []),
    ...task.hidden.map((units) => dense({ units, activation: "relu" })),
    dense({ units: outputs }),
  ];
  return { ...buildStage({ name: "head", layers }, featureShape, scope), name: task.name };
}
