import {
  deepStrictEqual,
  match,
  notDeepStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import {
  binary,
  classification,
  encoders,
  hardSharing,
  loadModel,
  loadWeights,
  multiLabel,
  type MultiTaskModel,
  regression,
  saveModel,
} from "polytask";
import { readFolder } from "../../lib/models/folder.ts";
import { setBackend, testOnBackends, testOnCpu } from "../_backends.ts";
import { builtModel, smallModel, weightsOf } from "../_two_tasks.ts";
import { killWhileSaving } from "./_killed.ts";
import { perturb } from "./_perturb.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "polytask-save-"));
  try {
    await run(join(parent, "models", "mine"));
  } finally {
    await rm(parent, { recursive: true });
  }
}

/** Outputs of all tasks for one fixed batch. */
async function predictions(model: MultiTaskModel, shape: readonly number[]) {
  const size = shape.reduce((product, side) => product * side, 1);
  const x = tf.tensor(Float32Array.from({ length: 3 * size }, (_, at) => Math.sin(at)), [
    3,
    ...shape,
  ]);
  const outputs = model.outputs({ x });
  const values: Record<string, number[]> = {};
  for (const [name, output] of Object.entries(outputs)) {
    values[name] = Array.from(await output.data());
  }
  tf.dispose([x, outputs]);
  return values;
}

const recipes = [
  {
    encoder: encoders.resNet({ width: 2, blocks: [1, 1], norm: "batch" }),
    shape: [6, 6, 1],
  },
  { encoder: encoders.mlp({ units: [6, 5], dropout: 0.2 }), shape: [4] },
  { encoder: encoders.leNet({ units: 6 }), shape: [16, 16, 1] },
  { encoder: encoders.smallCnn({ filters: [2, 3], units: 4 }), shape: [8, 8, 2] },
  { encoder: encoders.audioCnn({ filters: [2, 3], units: 4 }), shape: [12, 5] },
] as const;

for (const { encoder, shape } of recipes) {
  testOnBackends(
    `a saved ${encoder.name} predicts the same, bit for bit`,
    () =>
      inFolder(async (folder) => {
        const model = hardSharing({
          encoder,
          tasks: [
            classification("digit", { classes: 3, labels: ["a", "b", "c"] }),
            binary("yes", { hidden: [4] }),
            regression("place", { outputs: 2 }),
            multiLabel("genres", { count: 2 }),
          ],
          seed: 3,
        }).build({ inputs: { x: shape } });
        const fresh = await predictions(model, shape);
        perturb(model);
        await saveModel(model, folder);
        const loaded = await loadModel(folder);
        const expected = await predictions(model, shape);
        deepStrictEqual(await predictions(loaded, shape), expected);
        for (const name of model.taskNames) {
          notDeepStrictEqual(fresh[name], expected[name], "weights that the seed draws");
        }
        deepStrictEqual(loaded.structure(), model.structure());
        deepStrictEqual(loaded.tasks[0].labels, ["a", "b", "c"]);
        strictEqual(loaded.seed, 3);
        loaded.dispose();
        model.dispose();
      }),
  );
}

Deno.test("a model saved on one backend has the same weights on another", () =>
  inFolder(async (folder) => {
    await setBackend("wasm");
    const model = builtModel(4);
    const weights = await weightsOf(model);
    await saveModel(model, folder);
    model.dispose();
    await setBackend("cpu");
    const loaded = builtModel(5);
    await loadWeights(loaded, folder);
    deepStrictEqual(await weightsOf(loaded), weights);
    loaded.dispose();
  }));

testOnCpu(
  "saving again replaces the model and leaves other files alone",
  () =>
    inFolder(async (folder) => {
      const [first, second] = [builtModel(1), builtModel(2)];
      await saveModel(first, folder);
      await writeFile(join(folder, "notes.txt"), "mine");
      await writeFile(join(folder, "polytask.json.left-behind.tmp"), "{");
      await saveModel(second, folder);
      await loadWeights(first, folder);
      deepStrictEqual(await weightsOf(first), await weightsOf(second));
      const files = await readdir(folder);
      strictEqual(files.length, 4, `${files}`);
      for (const name of ["notes.txt", "polytask.json", "model.json"]) ok(files.includes(name));
      first.dispose();
      second.dispose();
    }),
);

testOnCpu(
  "damaged files are refused by name, and the model stays as it is",
  () =>
    inFolder(async (folder) => {
      const model = builtModel(1);
      const before = await weightsOf(model);
      const manifest = join(folder, "polytask.json");
      const refuse = async (
        file: string,
        damage: (bytes: Uint8Array) => Uint8Array,
        say: RegExp,
      ) => {
        const bytes = new Uint8Array(await readFile(file));
        await writeFile(file, damage(bytes.slice()));
        await rejects(loadModel(folder), say);
        await rejects(loadWeights(model, folder), say);
        await writeFile(file, bytes);
      };
      const other = builtModel(2);
      await saveModel(other, folder);
      other.dispose();
      const weights = join(folder, (await readdir(folder)).find((file) => file.endsWith(".bin"))!);
      const flip = (bytes: Uint8Array) => {
        bytes[9] ^= 4;
        return bytes;
      };
      await refuse(weights, flip, /weights-.*damaged.*SHA-256 is [0-9a-f]{64}, but [0-9a-f]{64}/);
      await refuse(weights, (bytes) => bytes.slice(0, -4), /weights-.*damaged/);
      await refuse(weights, (bytes) => Uint8Array.of(...bytes, 0), /weights-.*damaged/);
      await refuse(manifest, (bytes) => bytes.slice(0, -20), /polytask\.json is damaged.*not JSON/);
      const text = (from: string, to: string) => (bytes: Uint8Array) => {
        const old = new TextDecoder().decode(bytes);
        match(old, new RegExp(from));
        return new TextEncoder().encode(old.replace(from, to));
      };
      await refuse(manifest, text('"classes": 2', '"classes": 3'), /polytask\.json is damaged/);
      await refuse(manifest, text('"polytask folder"', '"something"'), /not of the form/);
      await refuse(manifest, () => new TextEncoder().encode("null"), /not of the form/);
      await rm(weights);
      await rejects(loadModel(folder), /not whole.*weights-.*cannot be read \(ENOENT\)/);
      await rejects(loadModel(join(folder, "nowhere")), /nowhere" holds no saved model.*ENOENT/);
      deepStrictEqual(await weightsOf(model), before);
      model.dispose();
    }),
);

testOnCpu("no flipped bit of a saved model goes unnoticed", () =>
  inFolder(async (folder) => {
    const model = builtModel(1);
    await saveModel(model, folder);
    // What is for others is not read.
    const files = (await readdir(folder)).filter((file) => file !== "model.json");
    strictEqual(files.length, 2);
    const place = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(place, async ({ file, at, bit }) => {
        const path = join(folder, file);
        const bytes = new Uint8Array(await readFile(path));
        const changed = bytes.slice();
        changed[Math.floor(at * bytes.length)] ^= 1 << bit;
        await writeFile(path, changed);
        await rejects(loadModel(folder), (error: Error) => {
          match(error.message, /damaged|not of the form|not whole/);
          ok(error.message.includes(folder));
          return true;
        });
        await writeFile(path, bytes);
      }),
      { seed: 7, numRuns: 150 },
    );
    model.dispose();
  }));

testOnCpu(
  "weights of another model are refused before any is changed",
  () =>
    inFolder(async (folder) => {
      const wide = hardSharing({
        encoder: encoders.mlp({ units: [8] }),
        tasks: [classification("side", { classes: 3 }), regression("height")],
      }).build({ inputs: { point: [2] } });
      await saveModel(wide, folder);
      const model = builtModel(1);
      const before = await weightsOf(model);
      await rejects(
        loadWeights(model, folder),
        /does not fit the model.*"task side\/head\/kernel" \[8,2\], but the folder has \[8,3\]/,
      );
      deepStrictEqual(await weightsOf(model), before);
      wide.dispose();
      model.dispose();
    }),
);

testOnCpu("a model without variables cannot be saved", () =>
  inFolder(async (folder) => {
    await rejects(saveModel(smallModel(), folder), /no variables yet/);
    await rejects(readdir(folder), /ENOENT/);
  }));

testOnCpu(
  "a place that cannot be written is named, and nothing is left there",
  () =>
    inFolder(async (folder) => {
      const model = builtModel(1);
      await saveModel(model, folder);
      const inFile = join(folder, "polytask.json", "below");
      await rejects(saveModel(model, inFile), /below.*could not be written.*unchanged/);
      (await loadModel(folder)).dispose();
      model.dispose();
    }),
);

const saver = `
import * as tf from "@tensorflow/tfjs";
import { saveFolder } from "${new URL("../../lib/models/folder.ts", import.meta.url)}";
await tf.setBackend("cpu");
console.log("ready");
for (let round = 0;; round++) {
  await saveFolder(Deno.args[0], { round }, [{ name: "x", tensor: tf.fill([20000], round) }]);
}
`;

Deno.test("a process killed while it saves leaves a folder that loads", () =>
  inFolder(async (folder) => {
    await setBackend("cpu");
    for (const wait of [40, 55, 70]) {
      await killWhileSaving(saver, { folder, file: "polytask.json", wait });
      const { content, tensors } = await readFolder(folder);
      const { round } = content as { round: number };
      const values = await tensors.get("x")!.data();
      ok(values.length === 20000 && values.every((value) => value === round));
      tf.dispose([...tensors.values()]);
    }
  }));
