import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { binary, encoders, hardSharing, layers, VariableScope } from "polytask";
import { buildStages } from "../../lib/models/encoders/encoder.ts";
import { countTrainable } from "../../lib/models/variable_scope.ts";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

interface Case {
  readonly encoder: encoders.Encoder;
  readonly shape: readonly number[];
  /** Parameters and output shape of each stage, worked out by hand. */
  readonly stages: readonly (readonly [name: string, parameters: number, shape: number[]])[];
}

const cases: readonly Case[] = [
  {
    encoder: encoders.mlp({ units: [16, 8], dropout: 0.5 }),
    shape: [2, 2],
    stages: [
      ["dense 1", 4 * 16 + 16, [16]],
      ["dense 2", 16 * 8 + 8, [8]],
    ],
  },
  {
    encoder: encoders.leNet(),
    shape: [36, 36, 1],
    stages: [
      ["conv 1", 5 * 5 * 1 * 10 + 10, [16, 16, 10]],
      ["conv 2", 5 * 5 * 10 * 20 + 20, [6, 6, 20]],
      ["dense", 6 * 6 * 20 * 50 + 50, [50]],
    ],
  },
  {
    encoder: encoders.leNet({ units: 7 }),
    shape: [28, 28, 1],
    stages: [
      ["conv 1", 260, [12, 12, 10]],
      ["conv 2", 5020, [4, 4, 20]],
      ["dense", 4 * 4 * 20 * 7 + 7, [7]],
    ],
  },
  {
    encoder: encoders.smallCnn({ filters: [4, 6], units: 5 }),
    shape: [9, 8, 3],
    stages: [
      ["conv 1", 3 * 3 * 3 * 4 + 4, [4, 4, 4]],
      ["conv 2", 3 * 3 * 4 * 6 + 6, [2, 2, 6]],
      ["dense", 2 * 2 * 6 * 5 + 5, [5]],
    ],
  },
  {
    encoder: encoders.audioCnn({ filters: [3, 4], units: 5 }),
    shape: [21, 6],
    stages: [
      ["conv 1", 5 * 6 * 3 + 3, [10, 3]],
      ["conv 2", 5 * 3 * 4 + 4, [5, 4]],
      ["dense", 4 * 5 + 5, [5]],
    ],
  },
  {
    encoder: encoders.embeddingMlp({ numbers: 2, categories: [3, 4], embedding: 5, units: [6] }),
    shape: [9],
    stages: [["categories", 7 * 5, [2 + 2 * 5]], ["dense 1", 12 * 6 + 6, [6]]],
  },
  {
    // ResNet-18 of width 4 on colour images, without its last layer.
    encoder: encoders.resNet({ width: 4 }),
    shape: [16, 16, 3],
    stages: [
      ["conv", 9 * 3 * 4 + 8, [16, 16, 4]],
      ["stage 1", 4 * (9 * 4 * 4 + 8), [16, 16, 4]],
      ["stage 2", 9 * 4 * 8 + 16 + 3 * (9 * 8 * 8 + 16) + 4 * 8 + 16, [8, 8, 8]],
      ["stage 3", 9 * 8 * 16 + 32 + 3 * (9 * 16 * 16 + 32) + 8 * 16 + 32, [4, 4, 16]],
      ["stage 4", 9 * 16 * 32 + 64 + 3 * (9 * 32 * 32 + 64) + 16 * 32 + 64, [2, 2, 32]],
      ["mean", 0, [32]],
    ],
  },
  {
    encoder: encoders.resNet({
      width: 8,
      blocks: [1, 1],
      images: "large",
      norm: "batch",
      output: "image",
    }),
    shape: [32, 24, 1],
    stages: [
      ["conv", 49 * 8 + 16, [8, 6, 8]],
      ["stage 1", 2 * (9 * 8 * 8 + 16), [8, 6, 8]],
      ["stage 2", 9 * 8 * 16 + 32 + 9 * 16 * 16 + 32 + 8 * 16 + 32, [4, 3, 16]],
    ],
  },
  {
    encoder: encoders.textCnn({ vocabulary: 9, embedding: 4, filters: 3, windows: [2, 3] }),
    shape: [7],
    stages: [
      ["words", 9 * 4, [7, 4]],
      ["windows", (2 + 3) * 4 * 3 + 6, [7, 6]],
      ["pool", 0, [6]],
    ],
  },
  {
    encoder: encoders.lstm({ vocabulary: 9, embedding: 4, units: [4, 3] }),
    shape: [7],
    stages: [
      ["words", 9 * 4, [7, 4]],
      ["states 1", 2 * (4 * 16 + 4 * 16 + 16), [7, 8]],
      ["states 2", 2 * (8 * 12 + 3 * 12 + 12), [7, 6]],
      ["pool", 0, [6]],
    ],
  },
  {
    encoder: encoders.gru({
      vocabulary: 9,
      embedding: 4,
      units: [5],
      bidirectional: false,
      output: "steps",
    }),
    shape: [7],
    stages: [
      ["words", 9 * 4, [7, 4]],
      ["states 1", 4 * 15 + 5 * 15 + 15 + 15, [7, 5]],
    ],
  },
  {
    encoder: encoders.transformer({ vocabulary: 9, units: 8, heads: 2, blocks: 1, hidden: 6 }),
    shape: [7],
    stages: [
      ["words", 9 * 8 + 7 * 8, [7, 8]],
      ["block 1", 16 + (8 * 24 + 24 + 64 + 8) + 16 + (8 * 6 + 6 + 6 * 8 + 8), [7, 8]],
      ["norm", 16, [7, 8]],
      ["pool", 0, [8]],
    ],
  },
  {
    encoder: encoders.crnn({ filters: [3, 4], units: 4 }),
    shape: [21, 6],
    stages: [
      ["conv 1", 5 * 6 * 3 + 3, [10, 3]],
      ["conv 2", 5 * 3 * 4 + 4, [10, 4]],
      ["states", 2 * (4 * 16 + 4 * 16 + 16), [10, 8]],
      ["mean", 0, [8]],
    ],
  },
];

/** What one row gives: 1 for one number a row, so many for each time step. */
const outputsOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

for (const { encoder, shape, stages } of cases) {
  testOnBackends(`${encoder.name} on [${shape}] builds, runs and has the parameters`, () => {
    const model = hardSharing({ encoder, tasks: [binary("yes")] }).build({ inputs: { x: shape } });
    const built = model.structure().parts.filter((part) => part.kind === "stage");
    deepStrictEqual(built.map((part) => [part.label, part.parameters, part.shape]), stages);
    const total = stages.reduce((sum, [, parameters]) => sum + parameters, 0);
    strictEqual(model.parameterCounts().shared, total);
    strictEqual(
      model.parameterCounts().byTask.yes,
      outputsOf(stages[stages.length - 1][2]) + 1,
    );
    tf.tidy(() => {
      const { yes } = model.outputs({ x: tf.ones([3, ...shape]) });
      deepStrictEqual(yes.shape, [3, 1]);
    });
    model.dispose();
  });
}

testOnCpu("an image that is too small is refused in words", () => {
  const model = hardSharing({ encoder: encoders.leNet(), tasks: [binary("yes")] });
  throws(() => model.build({ inputs: { x: [12, 12, 1] } }), /5 x 5.*does not fit.*4 x 4/);
  throws(() => model.build({ inputs: { x: [36, 36] } }), /\[height, width, channels\].*\[36,36\]/);
  strictEqual(model.built, false);
});

Deno.test("an encoder needs stages, with names of their own", () => {
  throws(() => encoders.encoder("mine", []), /Encoder "mine" needs at least one stage/);
  throws(() => encoders.mlp({ units: [] }), /"MLP" needs at least one stage/);
  const stage = { name: "a", layers: [layers.flatten()] };
  throws(() => encoders.encoder("mine", [stage, stage]), /two stages called "a"/);
});

testOnCpu("a stage without layers hands its input on and leaves it to its owner", () => {
  const encoder = encoders.encoder("nothing", [{ name: "nothing", layers: [] }]);
  const model = hardSharing({ encoder, tasks: [binary("yes")] }).build({ inputs: { x: [4] } });
  strictEqual(model.parameterCounts().shared, 0);
  const x = tf.ones([2, 4]);
  model.outputs({ x }).yes.dispose();
  strictEqual(x.isDisposed, false);
  x.dispose();
  model.dispose();
});

const texts: Readonly<Record<string, (output: "steps" | "pooled") => encoders.Encoder>> = {
  "text CNN": (output) => encoders.textCnn({ vocabulary: 9, embedding: 4, filters: 3, output }),
  "BiLSTM": (output) => encoders.lstm({ vocabulary: 9, embedding: 4, units: [4, 3], output }),
  "GRU": (output) =>
    encoders.gru({ vocabulary: 9, embedding: 4, units: [4], bidirectional: false, output }),
  "BiGRU": (output) => encoders.gru({ vocabulary: 9, embedding: 4, units: [4, 3], output }),
  "transformer": (output) => encoders.transformer({ vocabulary: 9, units: 8, heads: 2, output }),
};

for (const [name, make] of Object.entries(texts)) {
  testOnBackends(`${name} does not notice how much padding there is`, async () => {
    strictEqual(make("pooled").name, name);
    for (const output of ["steps", "pooled"] as const) {
      const features = async (length: number) => {
        const scope = new VariableScope("text", 4);
        const stages = buildStages(make(output).stages, [length], scope);
        const words = [[1, 5, 8, 2, 2], [3, 0, 0, 0, 0]];
        const input = tf.tensor2d(
          words.map((text) => [...text, ...new Array(length - 5).fill(0)]),
          [2, length],
          "int32",
        );
        const result = tf.tidy(() =>
          stages.reduce<tf.Tensor>((value, stage) => stage.apply(value, { training: false }), input)
        );
        const { shape } = result;
        const values = await take(result);
        tf.dispose([input, ...scope.variables.map(({ variable }) => variable)]);
        return { shape, values };
      };
      const short = await features(5);
      // The first values of a transformer's places depend on how many there are.
      if (name !== "transformer") {
        const longer = await features(9);
        const units = short.shape[short.shape.length - 1];
        const kept = output === "pooled" ? longer.values : [
          ...longer.values.slice(0, 5 * units),
          ...longer.values.slice(9 * units, 14 * units),
        ];
        near(kept, short.values, 1e-5, output);
      }
      if (output === "pooled") continue;
      // Features of padding are 0, those of words are not.
      const sums = short.values.reduce<number[]>((all, value, at) => {
        const step = Math.floor(at / short.shape[2]!);
        all[step] = (all[step] ?? 0) + Math.abs(value);
        return all;
      }, []);
      deepStrictEqual(sums.map((sum) => sum > 0), [
        ...new Array(6).fill(true),
        ...new Array(4).fill(false),
      ]);
    }
  });
}

testOnBackends("a transformer reads no padding", async () => {
  const scope = new VariableScope("text", 4);
  const encoder = encoders.transformer({ vocabulary: 9, units: 8, heads: 2, output: "steps" });
  const stages = buildStages(encoder.stages, [4], scope);
  // What stands at padding before the blocks is 0, whatever the vector of index 0.
  const run = async () => {
    const input = tf.tensor2d([[3, 5, 0, 0]], [1, 4], "int32");
    const result = tf.tidy(() =>
      stages.reduce<tf.Tensor>((value, stage) => stage.apply(value, { training: false }), input)
    );
    input.dispose();
    return await take(result);
  };
  const before = await run();
  const [table] = scope.variables;
  const changed = tf.tidy(() => table.variable.add(tf.oneHot([0], 9).transpose().mul(7)));
  table.variable.assign(changed);
  changed.dispose();
  deepStrictEqual(await run(), before);
  tf.dispose(scope.variables.map(({ variable }) => variable));
});

Deno.test("an encoder for speech has one pool for each convolution", () => {
  throws(() => encoders.crnn({ filters: [4, 4], pools: [2] }), /one pool for each of 2.*not 1/);
});

testOnCpu("a ResNet of the usual width is ResNet-18", () => {
  const scope = new VariableScope("image", 1);
  buildStages(encoders.resNet({ norm: "batch" }).stages, [32, 32, 3], scope);
  // 11,173,962 numbers are published for ten classes of small images; 5,130 are the last layer's.
  strictEqual(countTrainable(scope.variables), 11_173_962 - (512 * 10 + 10));
  tf.dispose(scope.variables.map(({ variable }) => variable));
});
