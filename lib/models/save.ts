import * as tf from "@tensorflow/tfjs";
import { type Task, taskFromConfiguration } from "../tasks/mod.ts";
import { savedArchitectures } from "./architectures/saved.ts";
import type { InputShapes } from "./architecture.ts";
import { ensureBackend } from "./ensure_backend.ts";
import { readFolder, saveFolder } from "./folder.ts";
import { modelJson } from "./layers_model/mod.ts";
import { MultiTaskModel } from "./model.ts";

interface SavedModel {
  readonly kind: "model";
  readonly architecture: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly inputs: InputShapes;
  readonly seed: number | string;
}

/**
 * Writes a model (settings and weights) into a folder. What was saved there before stays readable
 * until the new is whole; other files in the folder stay. It loads on every backend.
 *
 * Where every part of the model has a counterpart among the layers of TensorFlow.js, the folder also
 * holds a `model.json`, with which `tf.loadLayersModel` reads the same weights without polytask; see
 * {@linkcode layersModel} for what it is like. A `model.json` that polytask did not write stays.
 * @throws {Error} When the model is not built, or the disk refuses.
 */
export async function saveModel(model: MultiTaskModel, folder: string): Promise<void> {
  const content: SavedModel = {
    kind: "model",
    architecture: model.architecture.name,
    configuration: model.architecture.configuration,
    tasks: model.tasks.map((task) => task.configuration),
    inputs: model.inputShapes,
    seed: model.seed,
  };
  const tensors = model.namedVariables().map(({ name, variable }) => ({ name, tensor: variable }));
  await saveFolder(folder, content, tensors, modelJson(model));
}

/**
 * The model that {@linkcode saveModel} wrote. The caller disposes it.
 * @throws {Error} When the folder is not one, is damaged, or holds an architecture of your own: then
 * make the model yourself and call {@linkcode loadWeights}.
 */
export async function loadModel(folder: string): Promise<MultiTaskModel<readonly Task[]>> {
  await ensureBackend();
  const { content, tensors } = await readFolder(folder);
  try {
    const saved = content as SavedModel;
    if (saved.kind !== "model") throw new Error(`"${folder}" holds no model.`);
    const make = savedArchitectures[saved.architecture];
    if (!make) {
      throw new Error(
        `"${folder}" holds a model of architecture "${saved.architecture}"; make the model yourself and call loadWeights.`,
      );
    }
    const tasks = saved.tasks.map(taskFromConfiguration);
    const model = new MultiTaskModel(make(saved.configuration), tasks, saved.seed);
    model.build({ inputs: saved.inputs });
    try {
      assignWeights(model, tensors, folder);
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  } finally {
    tf.dispose([...tensors.values()]);
  }
}

/**
 * Puts the weights saved in a folder into a built model of the same architecture.
 * @throws {Error} When the folder is damaged or does not fit the model, which then stays as it is.
 */
export async function loadWeights(model: MultiTaskModel, folder: string): Promise<void> {
  await ensureBackend();
  const { tensors } = await readFolder(folder);
  try {
    assignWeights(model, tensors, folder);
  } finally {
    tf.dispose([...tensors.values()]);
  }
}

/** Copies `tensors` into the variables of the same names; changes nothing unless all fit. */
export function assignWeights(
  model: MultiTaskModel,
  tensors: ReadonlyMap<string, tf.Tensor>,
  source: string,
): void {
  const variables = model.namedVariables();
  for (const { name, variable } of variables) {
    const tensor = tensors.get(name);
    if (!tensor || tensor.shape.join() !== variable.shape.join()) {
      throw new Error(
        `"${source}" does not fit the model: the model needs "${name}" [${variable.shape}], but the folder has ${
          tensor ? `[${tensor.shape}]` : "none"
        }.`,
      );
    }
  }
  for (const { name, variable } of variables) variable.assign(tensors.get(name)!);
}
