import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  classification,
  crossStitch,
  encoders,
  fit,
  hardSharing,
  learnedBranching,
  math,
  type MultiTaskModel,
  optimizers,
  readMixing,
  regression,
  singleTask,
  sluice,
  softSharing,
  taskTree,
  type Tie,
} from "polytask";
import { matrixRoots, nuclearNorm } from "../../lib/models/architectures/_matrix_root.ts";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { twoTasks } from "../_two_tasks.ts";

const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const inputs = { point: [2] };

async function outputsOf(model: MultiTaskModel, seed = 2): Promise<number[][]> {
  const point = tf.randomNormal([5, 2], 0, 1, "float32", seed);
  const outputs = model.outputs({ point });
  point.dispose();
  return await Promise.all(model.taskNames.map((name) => take(outputs[name])));
}

testOnBackends("identity stitches are single-task networks", async () => {
  const alone = singleTask({ encoder, tasks, seed: 1 }).build({ inputs });
  const expected = await outputsOf(alone);
  for (
    const stitched of [
      crossStitch({ encoder, tasks, own: 1, seed: 1 }),
      crossStitch({ encoder, tasks, own: 1, weights: "channel", seed: 1 }),
      sluice({ encoder, tasks, own: 1, seed: 1 }),
      hardSharing({ encoder, tasks, split: 0, seed: 1 }),
      softSharing({ encoder, tasks, seed: 1 }),
    ]
  ) {
    const found = await outputsOf(stitched.build({ inputs }));
    found.forEach((values, task) => near(values, expected[task], 1e-6, stitched.architecture.name));
    stitched.dispose();
  }
  alone.dispose();
});

testOnBackends("with stitches of one half both heads see the mean of the towers", async () => {
  const model = crossStitch({ encoder, tasks, own: 0.5, seed: 1 }).build({ inputs });
  const graph = model.graph()!;
  const point = tf.ones([3, 2]);
  const variables = new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
  const dense = (x: tf.Tensor, name: string) =>
    tf.relu(
      tf.matMul(x as tf.Tensor2D, variables.get(`${name}/kernel`) as tf.Tensor as tf.Tensor2D)
        .add(variables.get(`${name}/bias`)!),
    );
  const expected = tf.tidy(() => {
    const mean = (x: tf.Tensor, stage: string) =>
      dense(x, `task side/${stage}`).add(dense(x, `task height/${stage}`)).div(2);
    const features = mean(mean(point, "dense 1/2 dense"), "dense 2");
    return features.matMul(variables.get("task height/head/kernel") as tf.Tensor)
      .add(variables.get("task height/head/bias")!);
  });
  const { height, side } = model.outputs({ point });
  near(await take(height), await take(expected));
  strictEqual(graph.parts.filter(({ mixing }) => mixing).length, 4);
  tf.dispose([side, point]);
  model.dispose();
});

testOnCpu("stitches start as asked, learn at their rate, and can be read", async () => {
  const train = async (learningRateFactor: number) => {
    const model = crossStitch({ encoder, tasks, own: 0.8, learningRateFactor, seed: 1 });
    await fit(model, twoTasks({ size: 16 }), {
      epochs: 1,
      batchSize: 16,
      optimizer: optimizers.sgd({ learningRate: 0.01 }),
      observer: false,
    });
    const point = tf.ones([1, 2]);
    const readings = await readMixing(model, { point });
    point.dispose();
    model.dispose();
    return readings;
  };
  const [slow, fast] = [await train(1), await train(5)];
  deepStrictEqual(slow.map(({ label, owner }) => [label, owner]), [
    ["dense 1 to side", "shared"],
    ["dense 1 to height", "shared"],
    ["dense 2 to side", "shared"],
    ["dense 2 to height", "shared"],
  ]);
  const start = [0.8, 0.2];
  const change = (readings: typeof slow) =>
    readings[0].weights.map((weight, at) => weight - start[at]);
  near(change(fast), change(slow).map((value) => 5 * value), 1e-4);
  ok(change(fast).some((value) => Math.abs(value) > 1e-5));
});

testOnCpu("a stitch without weight for a tower does not read it", async () => {
  const model = crossStitch({ encoder, tasks, own: 1, seed: 1 }).build({ inputs });
  const part = model.graph()!.parts.find(({ id }) => id === "shared/stitch dense 2 to side")!;
  deepStrictEqual(part.from, ["shared/side/dense 2", "shared/height/dense 2"]);
  deepStrictEqual((await part.simplify!()).from, ["shared/side/dense 2"]);
  const half = crossStitch({ encoder, tasks, own: 0.5, seed: 1 }).build({ inputs });
  const other = half.graph()!.parts.find(({ id }) => id === part.id)!;
  deepStrictEqual((await other.simplify!()).from, part.from);
  model.dispose();
  half.dispose();
});

// Towers drawn apart; how far apart they are after training says what the tie does.
async function spreadAfter(tie: Tie, strength: number): Promise<number> {
  const model = softSharing({ encoder, tasks, tie, strength, seed: 1 });
  await fit(model, twoTasks({ size: 32 }), {
    epochs: 250,
    batchSize: 32,
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    observer: false,
  });
  const [side, height] = tasks.map(({ name }) => model.taskVariables(name).slice(0, 4));
  const values = tf.tidy(() => {
    const difference = tf.addN(side.map((each, at) => each.sub(height[at]).square().sum()));
    const size = tf.addN([...side, ...height].map((each) => each.square().sum()));
    return difference.div(size);
  });
  model.dispose();
  return (await take(values))[0];
}

testOnCpu("an L2 tie of strength 0 leaves towers alone, a strong one makes them one", async () => {
  const [free, weak, strong] = [
    await spreadAfter("l2", 0),
    await spreadAfter("l2", 0.01),
    await spreadAfter("l2", 10),
  ];
  ok(free > 0.5 && weak < free && strong < 0.01, `${free}, ${weak}, ${strong}`);
});

testOnCpu("strong trace and covariance ties leave few directions", async () => {
  for (const tie of ["trace", "covariance"] as const) {
    const model = softSharing({ encoder, tasks, tie, strength: 1, seed: 1 });
    const free = softSharing({ encoder, tasks, strength: 0, seed: 1 });
    const ratios: number[] = [];
    for (const each of [model, free]) {
      await fit(each, twoTasks({ size: 32 }), {
        epochs: 250,
        batchSize: 32,
        optimizer: optimizers.adam({ learningRate: 0.01 }),
        observer: false,
      });
      const kernels = tasks.map(({ name }) => each.taskVariables(name)[0]);
      const gramian = tf.tidy(() => {
        const rows = tf.stack(kernels.map((kernel) => kernel.as1D())) as tf.Tensor2D;
        return tf.matMul(rows, rows, false, true);
      });
      const [a, b, , c] = await take(gramian);
      const { values } = math.symmetricEigen([[a, b], [b, c]]);
      ratios.push(Math.sqrt(Math.max(0, Math.min(...values)) / Math.max(...values)));
      each.dispose();
    }
    ok(ratios[0] < 0.3 * ratios[1], `${tie}: ${ratios}`);
  }
});

testOnBackends("the nuclear norm and its gradient are those of the singular values", async () => {
  // Rows with singular values 5 and 2 along (3, 4, 0) / 5 and (0, 0, 1).
  const matrix = tf.tensor2d([[3, 4, 0], [0, 0, 2]]);
  near(await take(nuclearNorm(matrix)), [7], 1e-4);
  const slope = tf.grad((x: tf.Tensor) => nuclearNorm(x as tf.Tensor2D))(matrix);
  near(await take(slope), [0.6, 0.8, 0, 0, 0, 1], 1e-3);
  const { root, inverse } = tf.tidy(() => matrixRoots(tf.matMul(matrix, matrix, false, true)));
  near(await take(root), [5, 0, 0, 2], 1e-4);
  near(await take(inverse), [0.2, 0, 0, 0.5], 1e-3);
  // Towers that are all alike, or all zero, are no trouble.
  const zeros = tf.zerosLike(matrix);
  near(await take(nuclearNorm(zeros)), [0], 1e-4);
  const alike = tf.tensor2d([[1, 2], [1, 2]]);
  near(await take(nuclearNorm(alike)), [Math.sqrt(10)], 2e-3);
  tf.dispose([matrix, alike, zeros]);
});

testOnBackends("the subspaces of a sluice network are pushed apart", async () => {
  const penaltyAfter = async (orthogonality: number) => {
    const model = sluice({ encoder, tasks, orthogonality, seed: 1 });
    await fit(model, twoTasks({ size: 32 }), {
      epochs: 60,
      batchSize: 32,
      optimizer: optimizers.adam({ learningRate: 0.01 }),
      observer: false,
    });
    const measured = sluice({ encoder, tasks, orthogonality: 1, seed: 1 }).build({ inputs });
    const values = new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
    for (const { name, variable } of measured.namedVariables()) variable.assign(values.get(name)!);
    const point = tf.randomNormal([20, 2], 0, 1, "float32", 3);
    const { outputs, penalty } = measured.forward({ point }, measured.taskNames, {
      training: true,
    });
    const [size] = await take(penalty!);
    tf.dispose([outputs, point]);
    model.dispose();
    measured.dispose();
    return size;
  };
  const [free, tied] = [await penaltyAfter(0), await penaltyAfter(1)];
  ok(tied < 0.5 * free, `${tied}, ${free}`);
});

testOnCpu("a sluice network needs channels in pairs", () => {
  const odd = sluice({ encoder: encoders.mlp({ units: [3] }), tasks });
  throws(() => odd.build({ inputs }), /"dense 1" gives 3; use an even number/);
});

testOnCpu("a split says whose each stage is", () => {
  const model = hardSharing({ encoder, tasks, split: { side: 1 }, seed: 1 }).build({ inputs });
  deepStrictEqual(
    model.structure().parts.map(({ id, from }) => [id, from[0]]),
    [
      ["input point", undefined],
      ["shared/dense 1", "input point"],
      ["shared/dense 2", "shared/dense 1"],
      ["side/dense 2", "shared/dense 1"],
      ["side/side", "side/dense 2"],
      ["height/height", "shared/dense 2"],
    ],
  );
  model.dispose();
  const wrong = (split: number | Record<string, number>) => () =>
    hardSharing({ encoder, tasks, split: split as number }).build({ inputs });
  throws(wrong(3), /from 0 to 2, but is 3 for "side"/);
  throws(wrong({ width: 1 }), /names the task "width"/);
});

testOnCpu("a tree is checked and built as drawn", () => {
  const three = [binary("a"), binary("b"), binary("c")] as const;
  const model = taskTree({
    encoder,
    tasks: three,
    branches: [[["a", "b", "c"]], [["a", "c"], ["b"]]],
  }).build({ inputs });
  deepStrictEqual(
    model.structure().parts.map(({ id, owner, from }) => [id, owner, from[0]]),
    [
      ["input point", "shared", undefined],
      ["shared/dense 1", "shared", "input point"],
      ["shared/a + c/dense 2", "shared", "shared/dense 1"],
      ["b/dense 2", "b", "shared/dense 1"],
      ["a/a", "a", "shared/a + c/dense 2"],
      ["b/b", "b", "b/dense 2"],
      ["c/c", "c", "shared/a + c/dense 2"],
    ],
  );
  model.dispose();
  const wrong = (branches: string[][][]) => () =>
    taskTree({ encoder, tasks: three, branches: branches as ["a"][][] }).build({ inputs });
  throws(wrong([[["a", "b", "c"]]]), /1 levels, but the encoder has 2 stages/);
  throws(wrong([[["a", "b"]], [["a", "b", "c"]]]), /every task once; look at "c"/);
  throws(wrong([[["a", "a", "b", "c"]], [["a", "b", "c"]]]), /look at "a"/);
  throws(wrong([[["a"], ["b", "c"]], [["a", "b"], ["c"]]]), /join "a", "b".*parted before/);
});

testOnBackends(
  "after training a learned branch reads the likeliest copy",
  async () => {
    const model = learnedBranching({ encoder, tasks, branches: 3, seed: 1 }).build({ inputs });
    const logits = model.namedVariables().find(({ name }) => name === "task side/branch/logits")!;
    const wanted = tf.tensor1d([0, 4, 1]);
    logits.variable.assign(wanted);
    wanted.dispose();
    const part = model.graph()!.parts.find(({ id }) => id === "side/branch")!;
    deepStrictEqual((await part.simplify!()).from, ["shared/branch 2/dense 2"]);
    const point = tf.ones([1, 2]);
    const readings = await readMixing(model, { point });
    const total = Math.exp(0) + Math.exp(4) + Math.exp(1);
    near(
      readings.find(({ owner }) => owner === "side")!.weights,
      [0, 4, 1].map((logit) => Math.exp(logit) / total),
    );
    point.dispose();
    model.dispose();
  },
);
