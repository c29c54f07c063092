import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

/** Loads a graph model from a folder, as `tf.loadGraphModel` loads it from an address. */
export async function loadGraphModel(folder: string): Promise<tf.GraphModel> {
  const model = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const [{ paths, weights }] = model.weightsManifest;
  const bytes = await readFile(join(folder, paths[0]));
  return await tf.loadGraphModel({
    load: () =>
      Promise.resolve({
        format: model.format,
        modelTopology: model.modelTopology,
        signature: model.signature,
        weightSpecs: weights,
        weightData: new Uint8Array(bytes).buffer,
      }),
  });
}
