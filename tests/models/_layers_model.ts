import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

/** Loads a layers model from a folder, as `tf.loadLayersModel` loads it from an address. */
export async function loadLayersModel(folder: string): Promise<tf.LayersModel> {
  const model = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const [{ paths, weights }] = model.weightsManifest;
  const bytes = await readFile(join(folder, paths[0]));
  return await tf.loadLayersModel({
    load: () =>
      Promise.resolve({
        format: model.format,
        modelTopology: model.modelTopology,
        userDefinedMetadata: model.userDefinedMetadata,
        weightSpecs: weights,
        weightData: new Uint8Array(bytes).buffer,
      }),
  });
}
