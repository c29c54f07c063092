import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { type Batch, forTask, type MultiTaskModel, saveModel } from "../../lib/mod.ts";
import { mediansOf } from "./timing.ts";

/** The first task of a model, as a part of it and cut out by `forTask`. */
export interface OneTask {
  /** Numbers that the network holds. */
  readonly parameters: Sides;
  /** Bytes of the saved files: configuration and weights. */
  readonly bytes: Sides;
  /** Milliseconds for one example. */
  readonly ms: Sides;
}

/** A figure before and after `forTask`. */
export interface Sides {
  readonly model: number;
  readonly cutOut: number;
}

const saved = fileURLToPath(new URL("../../.polytask/bench/saved/", import.meta.url));

/** Cuts the first task out; saves and times both, call by call in turns. */
export async function measureOneTask(
  model: MultiTaskModel,
  batch: Batch,
  seconds: number,
): Promise<OneTask> {
  const [task] = model.taskNames;
  const one = await forTask(model, task);
  const inputs = tf.tidy(() =>
    Object.fromEntries(
      Object.entries(batch.inputs).map(([name, tensor]) => [name, tensor.slice([0], [1])]),
    )
  );
  const read = async (output: tf.Tensor) => {
    await output.data();
    output.dispose();
  };
  const [inModel, cutOut] = await mediansOf([
    () => read(model.outputs(inputs, [task])[task]),
    () => read(one.predict(inputs)),
  ], seconds);
  const figures = {
    parameters: { model: model.parameterCounts().total, cutOut: one.parameters },
    bytes: {
      model: await bytesOf(async (folder) => {
        await saveModel(model, folder);
        // For TensorFlow.js alone; loadModel does not read it.
        await rm(`${folder}/model.json`, { force: true });
      }),
      cutOut: await bytesOf((folder) => one.save(folder)),
    },
    ms: { model: inModel, cutOut },
  };
  one.dispose();
  tf.dispose(inputs);
  return figures;
}

/** Bytes of all files that `save` writes into a folder. */
async function bytesOf(save: (folder: string) => Promise<void>): Promise<number> {
  await rm(saved, { recursive: true, force: true });
  await mkdir(saved, { recursive: true });
  try {
    const folder = `${saved}model`;
    await save(folder);
    const sizes = (await readdir(folder)).map(async (name) =>
      (await stat(`${folder}/${name}`)).size
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } finally {
    await rm(saved, { recursive: true, force: true });
  }
}
