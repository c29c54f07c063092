/** What a saved model leaves in its folder for TensorFlow.js, and what it leaves alone. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  binary,
  encoders,
  forTask,
  hardSharing,
  layers,
  loadModel,
  type MultiTaskModel,
  regression,
  saveModel,
} from "polytask";
import { saveFolder } from "../../lib/models/folder.ts";
import { setBackend, testOnBackends, testOnCpu } from "../_backends.ts";
import { killWhileSaving } from "./_killed.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { difference, inFolder, loadLayersModel } from "./_layers_model.ts";
import { perturb } from "./_perturb.ts";

const tasks = [binary("sign"), regression("sum")];

function mappedModel(seed = 1): MultiTaskModel {
  const encoder = encoders.resNet({ width: 2, blocks: [1], norm: "batch" });
  const model = hardSharing({ encoder, tasks, seed }).build({ inputs: { x: [4, 4, 1] } });
  perturb(model, seed);
  return model;
}

function unmappedModel(): MultiTaskModel {
  const encoder = encoders.encoder("gates", [
    { name: "states", layers: [layers.gru({ units: 2 })] },
  ]);
  return hardSharing({ encoder, tasks, seed: 1 }).build({ inputs: { x: [3, 2] } });
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

interface ModelJson {
  readonly format: string;
  readonly generatedBy: string;
  readonly userDefinedMetadata: unknown;
  readonly weightsManifest: readonly [{
    readonly paths: readonly string[];
    readonly weights: readonly { name: string; shape: number[]; dtype: string }[];
  }];
}

async function modelJsonOf(folder: string): Promise<ModelJson> {
  return JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
}

testOnBackends(
  "numbers are stored once, and each has its place in both formats",
  () =>
    inFolder(async (folder) => {
      const model = mappedModel();
      await saveModel(model, folder);
      const files = (await readdir(folder)).sort();
      strictEqual(files.length, 3);
      deepStrictEqual(files.slice(0, 2), ["model.json", "polytask.json"]);
      const { format, generatedBy, userDefinedMetadata, weightsManifest } = await modelJsonOf(
        folder,
      );
      deepStrictEqual([format, generatedBy], ["layers-model", "polytask"]);
      deepStrictEqual(userDefinedMetadata, {
        inputs: { x: "x" },
        outputs: { sign: "sign", sum: "sum" },
      });
      strictEqual(weightsManifest.length, 1);
      const [{ paths, weights }] = weightsManifest;
      deepStrictEqual(paths, [files[2]]);
      const sizes = weights.map(({ shape }) => sizeOf(shape));
      const { size } = await stat(join(folder, files[2]));
      strictEqual(4 * sizes.reduce((sum, each) => sum + each), size);
      // Moving averages are not trained there either.
      const loaded = await loadLayersModel(folder);
      const trained = loaded.trainableWeights.map(({ shape }) => sizeOf(shape as number[]));
      strictEqual(trained.reduce((sum, each) => sum + each), model.parameterCounts().total);
      loaded.dispose();
      model.dispose();
    }),
);

testOnCpu("saving again replaces what TensorFlow.js reads", () =>
  inFolder(async (folder) => {
    const [first, second] = [mappedModel(1), mappedModel(2)];
    await saveModel(first, folder);
    const { weightsManifest: [{ paths: [old] }] } = await modelJsonOf(folder);
    await writeFile(join(folder, "model.json.left-behind.tmp"), "{");
    await saveModel(second, folder);
    ok(!existsSync(join(folder, old)));
    strictEqual((await readdir(folder)).length, 3);
    const loaded = await loadLayersModel(folder);
    ok(await difference(second, loaded) < 1e-6);
    loaded.dispose();
    first.dispose();
    second.dispose();
  }));

testOnCpu(
  "a model that does not map takes away the file of one that did, and a checkpoint too",
  () =>
    inFolder(async (folder) => {
      const [model, other] = [mappedModel(), unmappedModel()];
      await saveModel(model, folder);
      await saveModel(other, folder);
      ok(!existsSync(join(folder, "model.json")));
      (await loadModel(folder)).dispose();
      await saveModel(model, folder);
      ok(existsSync(join(folder, "model.json")));
      await saveFolder(folder, {}, []);
      ok(!existsSync(join(folder, "model.json")));
      model.dispose();
      other.dispose();
    }),
);

testOnCpu("a model.json that polytask did not write there stays", () =>
  inFolder(async (folder) => {
    const models = [mappedModel(), unmappedModel()];
    const path = join(folder, "model.json");
    const others = [
      '{"format":"layers-model","generatedBy":"TensorFlow.js tfjs-layers v4.22.0"}',
      '{"format":"graph-model","generatedBy":"polytask"}',
      "null",
      "{ half of",
    ];
    for (const text of others) {
      await writeFile(path, text);
      for (const model of models) {
        await saveModel(model, folder);
        strictEqual(await readFile(path, "utf8"), text);
        (await loadModel(folder)).dispose();
      }
    }
    const network = await forTask(models[0], "sum");
    await network.save(folder);
    network.dispose();
    await saveModel(models[0], folder);
    (await loadGraphModel(folder)).dispose();
    for (const model of models) model.dispose();
  }));

testOnCpu("a folder called model.json stays", () =>
  inFolder(async (folder) => {
    const model = mappedModel();
    await mkdir(join(folder, "model.json"));
    await saveModel(model, folder);
    (await loadModel(folder)).dispose();
    ok((await stat(join(folder, "model.json"))).isDirectory());
    model.dispose();
  }));

testOnCpu(
  "model.json names a file that is there, at every moment",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "model.json");
      const read = () => {
        try {
          return readFileSync(path, "utf8");
        } catch {
          return undefined;
        }
      };
      const models = [mappedModel(1), mappedModel(2), unmappedModel()];
      await saveModel(models[0], folder);
      let saving = true;
      const save = async () => {
        for (const at of [1, 0, 2, 1, 2, 0]) await saveModel(models[at], folder);
        saving = false;
      };
      let looks = 0;
      const look = async () => {
        for (; saving; looks++) {
          const text = read();
          if (text !== undefined) {
            const { weightsManifest: [{ paths }] } = JSON.parse(text) as ModelJson;
            ok(existsSync(join(folder, paths[0])) || read() !== text, "names a file that is gone");
          }
          await setImmediate();
        }
      };
      await Promise.all([save(), look()]);
      ok(looks > 20, `${looks}`);
      for (const model of models) model.dispose();
    }),
);

const saver = `
import * as tf from "@tensorflow/tfjs";
import { encoders, hardSharing, regression, saveModel } from "polytask";
await tf.setBackend("cpu");
const encoder = encoders.mlp({ units: [100, 100] });
const model = hardSharing({ encoder, tasks: [regression("y")] }).build({ inputs: { x: [4] } });
console.log("ready");
for (let round = 1;; round++) {
  for (const { variable } of model.namedVariables()) {
    variable.assign(tf.fill(variable.shape, round));
  }
  await saveModel(model, Deno.args[0]);
}
`;

Deno.test("a process killed while it saves leaves layers that load", () =>
  inFolder(async (folder) => {
    await setBackend("cpu");
    for (const wait of [40, 55, 70]) {
      await killWhileSaving(saver, { folder, file: "model.json", wait });
      (await loadModel(folder)).dispose();
      const loaded = await loadLayersModel(folder);
      const numbers = await Promise.all(loaded.getWeights().map((weight) => weight.data()));
      const round = numbers[0][0];
      ok(round >= 1 && numbers.every((values) => values.every((value) => value === round)));
      loaded.dispose();
    }
  }));
