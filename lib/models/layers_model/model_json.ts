import type * as tf from "@tensorflow/tfjs";
import { NoCounterpart } from "../layers/counterpart.ts";
import type { MultiTaskModel } from "../model.ts";
import type { NamedVariable } from "../variable_scope.ts";
import { mapModel, type MappedModel } from "./layers_model.ts";
import { sourceOf } from "./scope.ts";

/** A model as TensorFlow.js writes models of layers, but for the name of the file of weights. */
export interface LayersFormat {
  /** The layers and how they are joined. */
  readonly modelTopology: unknown;
  /** Names of the layers for inputs and tasks. */
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>;
  /** The weights of the layers in the order of the model's own. */
  readonly weights: readonly WeightEntry[];
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32";
}

/**
 * A model in the format of TensorFlow.js layers, whose weights are the model's own one after the
 * other; `undefined` where it does not map.
 */
export function modelJson(model: MultiTaskModel): LayersFormat | undefined {
  let mapped: MappedModel;
  try {
    mapped = mapModel(model, model.taskNames);
  } catch (error) {
    if (error instanceof NoCounterpart) return undefined;
    throw error;
  }
  try {
    const weights = weightsOf(mapped, model.namedVariables());
    return weights && {
      modelTopology: mapped.layersModel.toJSON(null, false),
      userDefinedMetadata: { inputs: mapped.inputs, outputs: mapped.outputs },
      weights,
    };
  } finally {
    mapped.layersModel.dispose();
  }
}

/**
 * The weights of the layers in the order in which their numbers stand in `variables`; `undefined`
 * where they are not just these numbers, each once.
 */
function weightsOf(
  { placed }: MappedModel,
  variables: readonly NamedVariable[],
): WeightEntry[] | undefined {
  const runs = new Map<tf.Variable, { from: number; to: number; entry: WeightEntry }[]>();
  for (const { layer, weights } of placed) {
    weights.forEach((source, at) => {
      const { variable, rows: [from, to] } = sourceOf(source);
      const { originalName: name, shape } = layer.weights[at];
      const entry = { name, shape: shape as number[], dtype: "float32" } as const;
      runs.set(variable, [...runs.get(variable) ?? [], { from, to, entry }]);
    });
  }
  const inOrder = variables.map(({ variable }) => {
    const found = (runs.get(variable) ?? []).sort((one, other) => one.from - other.from);
    const rows = found.reduce((end, { from, to }) => from === end ? to : NaN, 0);
    return rows === variable.shape[0] ? found.map(({ entry }) => entry) : undefined;
  });
  return inOrder.every((entries) => entries !== undefined) ? inOrder.flat() : undefined;
}
