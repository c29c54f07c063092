/**
 * Models as layers of TensorFlow.js.
 * @module
 */
export { layersModel, type LayersModelOptions } from "./layers_model.ts";
export { type LayersFormat, modelJson } from "./model_json.ts";
