import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  crossStitch,
  encoders,
  hardSharing,
  learnedBranching,
  loadModel,
  mmoe,
  mtan,
  type MultiTaskModel,
  nddr,
  ple,
  Random,
  regression,
  saveModel,
} from "polytask";
import { cpuBackends, setBackend } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { perturb } from "./_perturb.ts";

const tasks = [binary("left"), regression("right")] as const;
const mlp = { encoder: encoders.mlp({ units: [6, 4] }), shape: [4] };
const cnn = { encoder: encoders.smallCnn({ filters: [2, 4], units: 4 }), shape: [6, 6, 1] };
const resNet = {
  encoder: encoders.resNet({ width: 2, blocks: [1, 1], norm: "batch" }),
  shape: [6, 6, 1],
};
const text = {
  encoder: encoders.lstm({ vocabulary: 9, embedding: 4, units: [3] }),
  shape: [5],
  words: 9,
};
const attention = {
  encoder: encoders.transformer({ vocabulary: 9, units: 4, heads: 2, blocks: 1 }),
  shape: [5],
  words: 9,
};

const cases = [
  { name: "hard sharing of a ResNet with batch norm", make: hardSharing, trunk: resNet },
  { name: "cross-stitch of LSTMs", make: crossStitch, trunk: text },
  { name: "NDDR of CNNs", make: nddr, trunk: cnn },
  { name: "MTAN on a CNN", make: mtan, trunk: cnn },
  { name: "MMoE of MLPs", make: mmoe, trunk: mlp },
  { name: "PLE of MLPs", make: ple, trunk: mlp },
  { name: "learned branching of a transformer", make: learnedBranching, trunk: attention },
] as const;

/** Outputs for fixed rows: numbers, or indices of words with padding behind them. */
async function predictions(
  model: MultiTaskModel,
  { shape, words }: { readonly shape: readonly number[]; readonly words?: number },
): Promise<number[]> {
  const random = new Random(3);
  const size = shape.reduce((product, side) => product * side, 3);
  const draw = words === undefined
    ? () => random.normal()
    : (at: number) => at % 5 < 3 ? 1 + random.integer(words - 1) : 0;
  const x = tf.tensor(Float32Array.from({ length: size }, (_, at) => draw(at)), [3, ...shape]);
  const outputs = model.outputs({ x });
  x.dispose();
  return (await Promise.all(model.taskNames.map((name) => take(outputs[name])))).flat();
}

for (const { name, make, trunk } of cases) {
  for (const from of cpuBackends) {
    const [to] = cpuBackends.filter((backend) => backend !== from);
    Deno.test(`${name}: saved on ${from}, loaded on ${to} and back`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "polytask-backends-"));
      try {
        await setBackend(from);
        const before = tf.memory().numTensors;
        const model = make({ encoder: trunk.encoder, tasks, seed: 1 })
          .build({ inputs: { x: trunk.shape } });
        perturb(model);
        const expected = await predictions(model, trunk);
        await saveModel(model, folder);
        model.dispose();

        await setBackend(to);
        const there = await loadModel(folder);
        near(await predictions(there, trunk), expected, 1e-5, to);
        await saveModel(there, folder);
        there.dispose();

        await setBackend(from);
        const back = await loadModel(folder);
        near(await predictions(back, trunk), expected, 0, `${from} again`);
        back.dispose();
        strictEqual(tf.memory().numTensors, before);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
}
