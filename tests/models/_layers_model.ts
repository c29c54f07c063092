import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { type MultiTaskModel, Random } from "polytask";
import { take } from "../_numbers.ts";

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

/** Runs something in a folder of its own. */
export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "polytask-layers-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Some rows for each input. The caller owns them. */
export function rowsFor(model: MultiTaskModel): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(model.inputShapes).map(([name, shape]) => {
      const random = Random.stream(5, name);
      const size = shape.reduce((product, side) => product * side, 3);
      const values = Float32Array.from({ length: size }, () => random.normal());
      return [name, tf.tensor(values, [3, ...shape])];
    }),
  );
}

/**
 * The largest difference between what a model and a copy of it give for some tasks, default all; the
 * inputs are disposed.
 */
export async function difference(
  model: MultiTaskModel,
  copy: tf.LayersModel,
  { tasks = model.taskNames, inputs = rowsFor(model) }: {
    readonly tasks?: readonly string[];
    readonly inputs?: Record<string, tf.Tensor>;
  } = {},
): Promise<number> {
  const expected = model.outputs(inputs, tasks);
  const found = [copy.predict(copy.inputNames.map((name) => inputs[name]))].flat();
  strictEqual(found.length, tasks.length);
  let largest = 0;
  for (const [at, name] of tasks.entries()) {
    deepStrictEqual(found[at].shape, expected[name].shape);
    const [one, other] = [await take(expected[name]), await take(found[at])];
    ok(one.some((value) => value !== 0));
    one.forEach((value, place) => largest = Math.max(largest, Math.abs(value - other[place])));
  }
  tf.dispose(inputs);
  return largest;
}
