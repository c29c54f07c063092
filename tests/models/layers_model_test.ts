import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  classification,
  encoders,
  hardSharing,
  layersModel,
  type MultiTaskModel,
  Random,
  regression,
  saveModel,
} from "polytask";
import { testOnBackends } from "../_backends.ts";
import { take } from "../_numbers.ts";
import { loadLayersModel } from "./_layers_model.ts";
import { perturb } from "./_perturb.ts";

const tasks = [
  classification("digit", { classes: 3 }),
  binary("yes", { hidden: [4] }),
  regression("place of it", { outputs: 2 }),
] as const;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "polytask-layers-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Some rows for each input. */
function rowsFor(model: MultiTaskModel): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(model.inputShapes).map(([name, shape]) => {
      const random = Random.stream(5, name);
      const size = shape.reduce((product, side) => product * side, 3);
      const values = Float32Array.from({ length: size }, () => random.normal());
      return [name, tf.tensor(values, [3, ...shape])];
    }),
  );
}

/** The largest difference between what a model and a copy of it give for all tasks of the copy. */
async function difference(
  model: MultiTaskModel,
  copy: tf.LayersModel,
  names: readonly string[] = model.taskNames,
): Promise<number> {
  const inputs = rowsFor(model);
  const expected = model.outputs(inputs, names);
  const found = [copy.predict(copy.inputNames.map((name) => inputs[name]))].flat();
  strictEqual(found.length, names.length);
  let largest = 0;
  for (const [at, name] of names.entries()) {
    deepStrictEqual(found[at].shape, expected[name].shape);
    const [one, other] = [await take(expected[name]), await take(found[at])];
    ok(one.some((value) => value !== 0));
    one.forEach((value, place) => largest = Math.max(largest, Math.abs(value - other[place])));
  }
  tf.dispose(inputs);
  return largest;
}

const trunks = [
  { encoder: encoders.mlp({ units: [6, 5], dropout: 0.2 }), shape: [4] },
  { encoder: encoders.mlp({ units: [6] }), shape: [3, 2, 2] },
];

for (const { encoder, shape } of trunks) {
  testOnBackends(
    `a ${encoder.name} for [${shape}] saved in layers predicts the same`,
    () =>
      inFolder(async (folder) => {
        const model = hardSharing({ encoder, tasks, seed: 3 }).build({ inputs: { x: shape } });
        perturb(model);
        await saveModel(model, folder);
        const [loaded, copy] = [await loadLayersModel(folder), layersModel(model)];
        for (const each of [loaded, copy]) {
          ok(await difference(model, each) < 1e-6);
          deepStrictEqual(each.inputNames, ["x"]);
          deepStrictEqual(each.outputNames, ["digit", "yes", "place_of_it"]);
          each.dispose();
        }
        const alone = layersModel(model, { task: "yes" });
        deepStrictEqual(alone.outputNames, ["yes"]);
        ok(await difference(model, alone, ["yes"]) < 1e-6);
        alone.dispose();
        model.dispose();
      }),
  );
}
