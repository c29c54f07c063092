import { deepStrictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { classification, encoders, hardSharing, layers, VariableScope } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const still = { training: false } as const;

/** Two texts of two channels, three and one steps long, and one of none. */
const texts = [[[-1, -2], [-3, 4], [-5, 0], [0, 0]], [[7, -8], [0, 0], [0, 0], [0, 0]], [
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
]];

testOnBackends("pooling leaves out time steps that are all zeros", async () => {
  const cases: [layers.Layer, number[]][] = [
    [layers.globalMaxPool({ maskZeros: true }), [-1, 4, 7, -8, 0, 0]],
    [layers.globalAveragePool({ maskZeros: true }), [-3, 2 / 3, 7, -8, 0, 0]],
    [layers.globalMaxPool(), [0, 4, 7, 0, 0, 0]],
    [layers.globalAveragePool(), [-9 / 4, 2 / 4, 7 / 4, -2, 0, 0]],
  ];
  const input = tf.tensor3d(texts);
  for (const [layer, expected] of cases) {
    const built = layer.build([4, 2], new VariableScope("layer", 1));
    near(await take(built.apply(input, still)), expected, 1e-6, layer.detail);
    // The gradient of the sum is 1 or 1/count where a step is looked at and 0 in padding.
    const gradient = tf.grad((x) => built.apply(x, still).sum())(input);
    const sums = await take(gradient.sum(2));
    if (layer.configuration.maskZeros) near(sums.slice(5), new Array(7).fill(0));
    gradient.dispose();
  }
  input.dispose();
});

testOnCpu("padding is a thing of time", () => {
  const layer = layers.globalMaxPool({ maskZeros: true });
  throws(() => layer.build([4, 4, 1], new VariableScope("x", 1)), /\[time, channels\].*\[4,4,1\]/);
  throws(() => layer.build([4], new VariableScope("x", 1)), /\[time, channels\].*\[4\]/);
});

testOnCpu("a head pools as its task asks", () => {
  const nothing = encoders.encoder("none", [{ name: "none", layers: [] }]);
  const inputs = (pool?: "flatten" | "mean" | "max") => {
    const task = classification("kind", { classes: 3, pool });
    const model = hardSharing({ encoder: nothing, tasks: [task] });
    model.build({ inputs: { x: [4, 2] } });
    const [kernel] = model.taskVariables("kind");
    const { shape } = kernel;
    tf.tidy(() => deepStrictEqual(model.outputs({ x: tf.tensor3d(texts) }).kind.shape, [3, 3]));
    model.dispose();
    return shape[0];
  };
  deepStrictEqual([inputs(), inputs("flatten"), inputs("mean"), inputs("max")], [8, 8, 2, 2]);
});
