import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  cgc,
  dselectK,
  encoders,
  layers,
  mmoe,
  type MultiTaskModel,
  omoe,
  ple,
  Random,
  readMixing,
  type TrunkOptions,
} from "polytask";
import { testOnBackends, testOnCpu, testOnWasm } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const tasks = [binary("books"), binary("films")] as const;
type Options = TrunkOptions<typeof tasks>;

const vocabulary = 5000;
const LENGTH = 8;
const text = {
  "LSTM": encoders.lstm({ vocabulary, embedding: 8, units: [6] }),
  "two LSTMs": encoders.lstm({ vocabulary, embedding: 8, units: [6, 4] }),
  "text CNN": encoders.textCnn({ vocabulary, embedding: 8, filters: 4 }),
  "transformer": encoders.transformer({ vocabulary, units: 8, heads: 2, blocks: 1 }),
};
const architectures: Readonly<Record<string, (trunk: Options) => MultiTaskModel>> = {
  "OMoE": omoe,
  "MMoE": mmoe,
  "CGC": cgc,
  "PLE": ple,
  "DSelect-k by example": (trunk) => dselectK({ ...trunk, perExample: true, entropy: 0, reach: 0 }),
};

/** Texts of one to eight words; half of the words have a high index. */
function textsOf(rows: number): tf.Tensor2D {
  const random = new Random(3);
  return tf.tensor2d(Array.from({ length: rows }, (_, row) =>
    Array.from(
      { length: LENGTH },
      (_, at) => at <= row % LENGTH ? 1 + random.integer(vocabulary - 1) : 0,
    )));
}

for (const [name, make] of Object.entries(architectures)) {
  testOnWasm(`${name}: gates on texts are open at the start and get gradients`, async () => {
    for (const [kind, encoder] of Object.entries(text)) {
      const model = make({ encoder, tasks, seed: 2 }).build({ inputs: { x: [LENGTH] } });
      const x = textsOf(16);
      const readings = await readMixing(model, { x });
      ok(readings.length > 0);
      for (const { part, weights, spread } of readings) {
        // One-hot gates have 1 somewhere, or swing between 0 and 1 from text to text.
        ok(Math.max(...weights) < 0.7, `${kind}: ${part} starts at ${weights}`);
        ok(Math.max(...spread) < 0.25, `${kind}: ${part} spreads by ${spread}`);
      }
      const { value, grads } = tf.variableGrads(() => {
        const { outputs, penalty } = model.forward({ x }, model.taskNames, { training: true });
        penalty?.dispose();
        return tf.addN(Object.values(outputs).map((each) => each.square().mean())) as tf.Scalar;
      });
      const gates = model.namedVariables().filter(({ name }) =>
        /gate\/(kernel|z kernel)$/.test(name)
      );
      strictEqual(gates.length, readings.length);
      for (const { name: variable, variable: { name: key } } of gates) {
        const [size] = await take(tf.tidy(() => grads[key].abs().max()));
        ok(size > 1e-9, `${kind}: ${variable} gets no gradient`);
      }
      tf.dispose([x, value, grads]);
      model.dispose();
    }
  });
}

testOnBackends("a gate on texts reads the mean of the words that are there", async () => {
  const encoder = encoders.lstm({ vocabulary: 20, embedding: 3, units: [2] });
  const model = mmoe({ encoder, tasks, experts: { count: 3 }, seed: 2 })
    .build({ inputs: { x: [4] } });
  const values = new Map(
    await Promise.all(
      model.namedVariables().map(async ({ name, variable }) =>
        [name, await variable.array() as number[][]] as const
      ),
    ),
  );
  const vectors = values.get("shared/words/vectors")!;
  const kernel = values.get("task films/gate/kernel")!;
  deepStrictEqual([kernel.length, kernel[0].length], [3, 3]);
  const words = [7, 3, 12];
  const mean = [0, 1, 2].map((unit) =>
    words.reduce((sum, word) => sum + vectors[word][unit], 0) / words.length
  );
  const powers = [0, 1, 2].map((expert) =>
    Math.exp(mean.reduce((sum, value, unit) => sum + value * kernel[unit][expert], 0))
  );
  const total = powers.reduce((sum, power) => sum + power);
  const x = tf.tensor2d([[...words, 0]]);
  const reading = (await readMixing(model, { x })).find(({ owner }) => owner === "films")!;
  near(reading.weights, powers.map((power) => power / total));
  x.dispose();
  model.dispose();
});

testOnCpu("the embedding of a text trunk is made once, below the experts", () => {
  const encoder = text["text CNN"];
  const model = mmoe({ encoder, tasks, experts: { count: 3 } }).build({ inputs: { x: [LENGTH] } });
  const tables = model.namedVariables().filter(({ name }) => name.endsWith("/vectors"));
  deepStrictEqual(tables.map(({ name }) => name), ["shared/words/vectors"]);
  ok(model.sharedVariables().includes(tables[0].variable));
  model.dispose();
  // Also where it is not a stage of its own.
  const one = encoders.encoder("mean of words", [{
    name: "all",
    layers: [
      layers.embedding({ size: 20, units: 4 }),
      layers.globalAveragePool({ maskZeros: true }),
      layers.dense({ units: 3 }),
    ],
  }]);
  const small = omoe({ encoder: one, tasks, experts: { count: 2 } })
    .build({ inputs: { x: [LENGTH] } });
  // The table, two experts of 4 x 3 + 3, and a gate of 4 x 2.
  strictEqual(small.parameterCounts().shared, 80 + 2 * 15 + 8);
  small.dispose();
});

testOnCpu("a pooling is no level of PLE of its own", () => {
  const model = ple({ encoder: text["two LSTMs"], tasks, experts: { shared: 1, own: 1 } })
    .build({ inputs: { x: [LENGTH] } });
  const gates = model.graph()!.parts.filter(({ mixing }) => mixing).map(({ id }) => id);
  deepStrictEqual(gates, [
    "books/level 1 gate",
    "films/level 1 gate",
    "shared/level 1 shared gate",
    "books/level 2 gate",
    "films/level 2 gate",
  ]);
  model.dispose();
});
