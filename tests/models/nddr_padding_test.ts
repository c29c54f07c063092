import { deepStrictEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { binary, encoders, layers, nddr, VariableScope } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { perturb } from "./_perturb.ts";

testOnBackends("batchNorm with maskZeros leaves padding out and at 0", async () => {
  const scope = new VariableScope("layer", 1);
  const layer = layers.batchNorm({ decay: 0.5, maskZeros: true }).build([3, 2], scope);
  const values = new Map(scope.variables.map(({ name, variable }) => [name, variable]));
  const offset = tf.tensor1d([10, -10]);
  values.get("layer/offset")!.assign(offset);
  // Three steps are there: means 2 and 4, variances 2/3 and 32/3.
  const input = tf.tensor3d([[[1, 8], [2, 0], [0, 0]], [[3, 4], [0, 0], [0, 0]]]);
  const one = 1 / Math.sqrt(2 / 3 + 1e-5), four = 4 / Math.sqrt(32 / 3 + 1e-5);
  near(
    await take(layer.apply(input, { training: true })),
    [10 - one, -10 + four, 10, -10 - four, 0, 0, 10 + one, -10, 0, 0, 0, 0],
  );
  near(await values.get("layer/moving mean")!.data(), [1, 2]);
  near(await values.get("layer/moving variance")!.data(), [0.5 + 1 / 3, 0.5 + 16 / 3]);
  // No step at all is no division by 0.
  const nothing = tf.zeros([1, 3, 2]);
  deepStrictEqual(
    (await take(layer.apply(nothing, { training: true }))).map(Math.abs),
    [0, 0, 0, 0, 0, 0],
  );
  tf.dispose([offset, input, nothing, ...values.values()]);
});

testOnCpu("padding is a thing of time for batchNorm too", () => {
  const layer = layers.batchNorm({ maskZeros: true });
  throws(() => layer.build([4, 4, 1], new VariableScope("x", 1)), /\[time, channels\].*\[4,4,1\]/);
  deepStrictEqual(layer.configuration, { decay: 0.9, epsilon: 1e-5, maskZeros: true });
});

const tasks = [binary("books"), binary("films")] as const;
const texts = [[3, 1, 4, 1], [5, 2, 0, 0], [6, 5, 3, 0]];

const text = {
  "LSTM": encoders.lstm({ vocabulary: 9, embedding: 4, units: [4, 4] }),
  "GRU": encoders.gru({ vocabulary: 9, embedding: 4, units: [4, 4] }),
  "text CNN": encoders.textCnn({ vocabulary: 9, embedding: 4, filters: 4, windows: [2, 3] }),
  "transformer": encoders.transformer({ vocabulary: 9, units: 4, heads: 2, blocks: 1 }),
};

for (const [kind, encoder] of Object.entries(text)) {
  testOnBackends(`NDDR on ${kind}: padding stays 0 behind every joint`, async () => {
    const model = nddr({ encoder, tasks, seed: 1 }).build({ inputs: { x: [4] } });
    // Offsets of norms are 0 at the start, and not afterwards.
    perturb(model);
    const x = tf.tensor2d(texts);
    const joints = model.graph()!.parts.filter(({ id, shape }) =>
      id.startsWith("shared/join") && shape.length === 2
    );
    ok(joints.length >= 4);
    for (const training of [true, false]) {
      const graph = model.graph()!;
      const values = tf.tidy(() => {
        const known = new Map<string, tf.Tensor>([["input x", x]]);
        for (const part of graph.parts.slice(1)) {
          const inputs = part.from.map((id) => known.get(id)!);
          known.set(part.id, part.apply(inputs, { training }));
        }
        return joints.map(({ id }) => known.get(id)!);
      });
      for (const value of values) {
        const largest = tf.tidy(() => value.abs().max(2));
        const rows = await largest.array() as number[][];
        largest.dispose();
        rows.forEach((row, at) =>
          row.forEach((size, step) => {
            if (texts[at][step] === 0) deepStrictEqual(size, 0, `text ${at}, step ${step}`);
          })
        );
        if (training) ok(rows.flat().some((size) => size > 0));
      }
      tf.dispose(values);
    }
    x.dispose();
    model.dispose();
  });
}

testOnBackends("NDDR gives the same for texts that are padded further", async () => {
  for (const [kind, encoder] of Object.entries(text)) {
    // Learned places of a transformer depend on the length.
    if (kind === "transformer") continue;
    const results: number[][] = [];
    for (const length of [4, 7]) {
      const model = nddr({ encoder, tasks, seed: 1 }).build({ inputs: { x: [length] } });
      perturb(model);
      const x = tf.tensor2d(texts.map((row) => [...row, ...new Array(length - 4).fill(0)]));
      const trained = model.forward({ x }, ["books", "films"], { training: true });
      const after = model.outputs({ x });
      const averages = model.namedVariables().filter(({ name }) => name.includes("moving"));
      results.push([
        ...await take(trained.outputs.books),
        ...await take(trained.outputs.films),
        ...await take(after.books),
        ...await take(after.films),
        ...(await Promise.all(averages.map(({ variable }) => variable.data())))
          .flatMap((values) => Array.from(values)),
      ]);
      x.dispose();
      model.dispose();
    }
    near(results[1], results[0], 1e-4, kind);
  }
});
