import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { binary, encoders, hardSharing, layers } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";

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
];

for (const { encoder, shape, stages } of cases) {
  testOnBackends(`${encoder.name} on [${shape}] builds, runs and has the parameters`, () => {
    const model = hardSharing({ encoder, tasks: [binary("yes")] }).build({ inputs: { x: shape } });
    const built = model.structure().parts.filter((part) => part.kind === "stage");
    deepStrictEqual(built.map((part) => [part.label, part.parameters, part.shape]), stages);
    const total = stages.reduce((sum, [, parameters]) => sum + parameters, 0);
    strictEqual(model.parameterCounts().shared, total);
    strictEqual(model.parameterCounts().byTask.yes, stages[stages.length - 1][2][0] + 1);
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
