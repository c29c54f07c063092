import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type Initializer, layers, Random, VariableScope } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const still = { training: false } as const;

/** Normal numbers, the same for the same seed. */
function numbers(seed: number, count: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

const product = (shape: readonly number[]) => shape.reduce((size, side) => size * side, 1);

interface Applied {
  readonly values: number[];
  readonly shape: number[];
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Builds a layer for rows of a shape, gives it a bias, and applies it to `input`. */
async function apply(
  layer: layers.Layer,
  shape: readonly number[],
  input: Float32Array,
): Promise<Applied> {
  const scope = new VariableScope("layer", 1);
  const built = layer.build(shape, scope);
  const [kernel, bias] = scope.variables.map(({ variable }) => variable);
  if (bias) {
    const values = tf.tensor(numbers(9, bias.size), bias.shape);
    bias.assign(values);
    values.dispose();
  }
  const tensor = tf.tensor(input, [input.length / product(shape), ...shape]);
  const output = built.apply(tensor, still);
  deepStrictEqual(output.shape.slice(1), [...built.outputShape]);
  const result = {
    shape: output.shape,
    kernel: kernel ? await kernel.data<"float32">() : new Float32Array(),
    bias: bias ? await bias.data<"float32">() : new Float32Array(),
    values: await take(output),
  };
  tf.dispose([tensor, ...scope.variables.map(({ variable }) => variable)]);
  return result;
}

const functions = {
  linear: (x: number) => x,
  relu: (x: number) => Math.max(0, x),
  tanh: Math.tanh,
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
};

testOnBackends("dense multiplies, adds and activates", async () => {
  const input = numbers(1, 2 * 3);
  for (const [name, f] of Object.entries(functions)) {
    const layer = layers.dense({ units: 4, activation: name as layers.Activation });
    const { values, kernel, bias, shape } = await apply(layer, [3], input);
    deepStrictEqual(shape, [2, 4]);
    const expected = Array.from({ length: 8 }, (_, at) => {
      const [row, unit] = [Math.floor(at / 4), at % 4];
      let sum = bias[unit];
      for (let k = 0; k < 3; k++) sum += input[row * 3 + k] * kernel[k * 4 + unit];
      return f(sum);
    });
    near(values, expected, 1e-5, name);
  }
});

testOnBackends("dense works on each time step", async () => {
  const input = Float32Array.from({ length: 2 * 2 * 3 }, (_, at) => at);
  const perStep = await apply(layers.dense({ units: 2 }), [2, 3], input);
  deepStrictEqual(perStep.shape, [2, 2, 2]);
  const flat = await apply(layers.dense({ units: 2 }), [3], input);
  near(perStep.values, flat.values);
});

testOnBackends("layers with weights take whole numbers as they take others", async () => {
  const cases: [layers.Layer, number[]][] = [
    [layers.dense({ units: 2 }), [12]],
    [layers.conv2d({ filters: 2, kernel: 2 }), [3, 2, 2]],
    [layers.conv1d({ filters: 2, kernel: 2 }), [4, 3]],
  ];
  for (const [layer, shape] of cases) {
    const scope = new VariableScope("layer", 1);
    const built = layer.build(shape, scope);
    const whole = tf.tensor(Int32Array.from({ length: 12 }, (_, at) => at), [1, ...shape]);
    const real = whole.toFloat();
    near(await take(built.apply(whole, still)), await take(built.apply(real, still)));
    tf.dispose([whole, real, ...scope.variables.map(({ variable }) => variable)]);
  }
});

/** A convolution by six loops; zero outside the image. */
function convolve(
  input: Float32Array,
  [height, width, channels]: number[],
  { kernel, bias, shape }: Applied,
  [kernelHeight, kernelWidth, stepDown, stepRight]: number[],
  [top, left]: number[],
): number[] {
  const [batch, rows, columns, filters] = shape;
  const output: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let f = 0; f < filters; f++) {
          let sum = bias[f];
          for (let dy = 0; dy < kernelHeight; dy++) {
            for (let dx = 0; dx < kernelWidth; dx++) {
              const [inY, inX] = [y * stepDown + dy - top, x * stepRight + dx - left];
              if (inY < 0 || inX < 0 || inY >= height || inX >= width) continue;
              for (let c = 0; c < channels; c++) {
                sum += input[((b * height + inY) * width + inX) * channels + c] *
                  kernel[((dy * kernelWidth + dx) * channels + c) * filters + f];
              }
            }
          }
          output.push(Math.max(0, sum));
        }
      }
    }
  }
  return output;
}

testOnBackends("conv2d agrees with loops, with and without padding and stride", async () => {
  const side = [6, 5, 2];
  const input = numbers(2, 2 * product(side));
  const cases = [
    { options: { kernel: 3 }, shape: [2, 4, 3, 3], pad: [0, 0], stride: 1 },
    { options: { kernel: 3, padding: "same" }, shape: [2, 6, 5, 3], pad: [1, 1], stride: 1 },
    // 6 rows at stride 2 need one row of padding, which goes below; 5 columns need one each side.
    {
      options: { kernel: 3, padding: "same", stride: 2 },
      shape: [2, 3, 3, 3],
      pad: [0, 1],
      stride: 2,
    },
    { options: { kernel: 2, stride: 3 }, shape: [2, 2, 2, 3], pad: [0, 0], stride: 3 },
  ] as const;
  for (const { options, shape, pad, stride } of cases) {
    const layer = layers.conv2d({ filters: 3, activation: "relu", ...options });
    const applied = await apply(layer, side, input);
    deepStrictEqual(applied.shape, [...shape]);
    const geometry = [options.kernel, options.kernel, stride, stride];
    near(applied.values, convolve(input, side, applied, geometry, [...pad]), 1e-5);
  }
});

testOnBackends("conv1d agrees with loops", async () => {
  const input = numbers(3, 2 * 7 * 3);
  for (const padding of ["same", "valid"] as const) {
    const layer = layers.conv1d({ filters: 2, kernel: 3, padding, activation: "relu" });
    const applied = await apply(layer, [7, 3], input);
    const steps = padding === "same" ? 7 : 5;
    deepStrictEqual(applied.shape, [2, steps, 2]);
    const image = { ...applied, shape: [2, 1, steps, 2] };
    const pad = [0, padding === "same" ? 1 : 0];
    near(applied.values, convolve(input, [1, 7, 3], image, [1, 3, 1, 1], pad), 1e-5);
  }
});

testOnBackends("pooling takes the largest of each window and drops the rest", async () => {
  const image = Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14, -15);
  const pooled = await apply(layers.maxPool(), [5, 3, 1], image);
  deepStrictEqual([pooled.shape, pooled.values], [[1, 2, 1, 1], [-1, -7]]);
  const series = Float32Array.of(1, 10, 3, 5, 2, 20, 9, 0);
  const overTime = await apply(layers.maxPool({ size: 3 }), [4, 2], series);
  deepStrictEqual([overTime.shape, overTime.values], [[1, 1, 2], [3, 20]]);
  const mean = await apply(layers.globalAveragePool(), [2, 2, 2], series);
  deepStrictEqual([mean.shape, mean.values], [[1, 2], [15 / 4, 35 / 4]]);
  const largest = await apply(layers.globalMaxPool(), [4, 2], series);
  deepStrictEqual([largest.shape, largest.values], [[1, 2], [9, 20]]);
});

testOnBackends("flatten and activations", async () => {
  const input = numbers(4, 12);
  const flat = await apply(layers.flatten(), [2, 3], input);
  deepStrictEqual([flat.shape, flat.values], [[2, 6], [...input]]);
  for (const [name, f] of Object.entries(functions)) {
    const layer = layers.activation({ activation: name as layers.Activation });
    near((await apply(layer, [6], input)).values, Array.from(input, f));
  }
});

testOnBackends(
  "dropout silences its share in training, keeps the mean, and does nothing else",
  async () => {
    const built = layers.dropout({ rate: 0.25 }).build([1000], new VariableScope("layer", 1));
    const input = tf.ones([4, 1000]);
    const run = (seed: number) =>
      take(built.apply(input, { training: true, random: new Random(seed) }));
    const values = await run(1);
    const kept = values.filter((value) => value !== 0);
    near(kept, kept.map(() => 4 / 3));
    // 4,000 draws: the share is within five standard errors.
    ok(Math.abs(kept.length / 4000 - 0.75) < 5 * Math.sqrt(0.25 * 0.75 / 4000));
    deepStrictEqual(await run(1), values);
    ok((await run(2)).some((value, at) => value !== values[at]));
    deepStrictEqual(await take(built.apply(input, still)), new Array(4000).fill(1));
    throws(() => built.apply(input, { training: true }), /needs `random`/);
    input.dispose();
  },
);

testOnCpu("shapes that do not fit get a sentence that names the shape", () => {
  const build = (layer: layers.Layer, ...shape: number[]) => () =>
    layer.build(shape, new VariableScope("layer", 1));
  const { conv1d, conv2d, dense, globalMaxPool, maxPool } = layers;
  throws(build(dense({ units: 2 }), 2, 3, 4), /\[time, inputs\], but gets \[2,3,4\]; flatten/);
  throws(
    build(conv2d({ filters: 1, kernel: 3 }), 28, 28),
    /\[height, width, channels\].*\[28,28\]/,
  );
  throws(build(conv2d({ filters: 1, kernel: 5 }), 4, 9, 1), /5 x 5.*does not fit.*4 x 9/);
  throws(build(conv1d({ filters: 1, kernel: 3 }), 5), /\[time, channels\].*\[5\]/);
  throws(build(conv1d({ filters: 1, kernel: 6, padding: "valid" }), 5, 1), /6 steps.*5 time steps/);
  throws(build(maxPool(), 4), /Max pooling.*\[4\]/);
  throws(build(maxPool({ size: 3 }), 2, 2, 1), /window of 3 does not fit on \[2,2,1\]/);
  throws(build(globalMaxPool(), 4), /Global pooling.*\[4\]/);
});

Deno.test("settings that make no layer get a sentence that names the setting", () => {
  throws(() => layers.dense({ units: 0 }), /dense: units must be a whole number from 1, but is 0/);
  throws(() => layers.dense({ units: 2.5 }), /units.*2\.5/);
  throws(() => layers.conv2d({ filters: 0, kernel: 3 }), /conv2d: filters.*is 0/);
  throws(() => layers.conv2d({ filters: 1, kernel: 3, stride: -1 }), /conv2d: stride.*is -1/);
  throws(() => layers.conv1d({ filters: 1, kernel: NaN }), /conv1d: kernel.*is NaN/);
  throws(() => layers.maxPool({ size: 0 }), /maxPool: size.*is 0/);
  for (const rate of [1, -0.1, NaN]) throws(() => layers.dropout({ rate }), /rate.*\[0, 1\)/);
});

testOnBackends(
  "first weights depend on seed and name, and have the variance of their rule",
  async () => {
    const draw = async (seed: number, name: string, initializer: Initializer) => {
      const variable = new VariableScope("part", seed).variable(name, [50, 40], initializer);
      return await take(variable);
    };
    const he = { kind: "he", fanIn: 50 } as const;
    const first = await draw(1, "kernel", he);
    deepStrictEqual(await draw(1, "kernel", he), first);
    ok((await draw(2, "kernel", he)).every((value, at) => value !== first[at]));
    ok((await draw(1, "other", he)).every((value, at) => value !== first[at]));
    const limit = Math.sqrt(6 / 50);
    ok(Math.max(...first.map(Math.abs)) <= limit);
    const variance = first.reduce((sum, value) => sum + value ** 2, 0) / first.length;
    // The variance of a uniform number is limit^2 / 3 = 2 / fanIn; its mean over 2,000 is near.
    ok(Math.abs(variance - 2 / 50) < 0.1 * 2 / 50, `${variance}`);
    const glorot = await draw(1, "kernel", { kind: "glorot", fanIn: 50, fanOut: 40 });
    const largest = Math.max(...glorot.map(Math.abs));
    ok(largest <= Math.sqrt(6 / 90) && largest > 0.95 * Math.sqrt(6 / 90));
    deepStrictEqual(await draw(1, "bias", { kind: "ones" }), new Array(2000).fill(1));
    deepStrictEqual(await draw(1, "bias", { kind: "zeros" }), new Array(2000).fill(0));
  },
);

testOnCpu("two variables of one name are refused", () => {
  const scope = new VariableScope("part", 1);
  scope.child("a").variable("kernel", [1], { kind: "zeros" });
  throws(
    () => scope.child("a").variable("kernel", [1], { kind: "zeros" }),
    /two variables called "part\/a\/kernel"/,
  );
  strictEqual(scope.variables.length, 1);
  tf.dispose(scope.variables.map(({ variable }) => variable));
});
