import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  jacobianRows,
  keepGradients,
  type KeptGradients,
  readGramian,
  recordTape,
  splitRow,
  taskGradients,
  weightRows,
} from "../../lib/gradients/mod.ts";
import { gramianOf } from "../../lib/math/matrix.ts";

await tf.setBackend("cpu");

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  strictEqual(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    ok(Math.abs(found[i] - expected[i]) <= tolerance, `entry ${i}: ${found[i]} and ${expected[i]}`);
  }
}

/** A variable; TensorFlow.js leaves its first value for the caller to dispose. */
function variable(value: tf.Tensor): tf.Variable {
  const made = tf.variable(value);
  value.dispose();
  return made;
}

/** A small convolutional network with two heads. */
function network() {
  const image = tf.randomNormal([3, 8, 8, 1], 0, 1, "float32", 1) as tf.Tensor4D;
  const filter = variable(tf.randomNormal([3, 3, 1, 2], 0, 0.5, "float32", 2));
  const bias = variable(tf.randomNormal([2], 0, 0.5, "float32", 3));
  const dense = variable(tf.randomNormal([18, 4], 0, 0.5, "float32", 4));
  const heads = [5, 6].map((seed) => variable(tf.randomNormal([4, 3], 0, 0.5, "float32", seed)));
  const labels = tf.oneHot(tf.tensor1d([0, 2, 1], "int32"), 3).toFloat();
  const forward = () => {
    const maps = tf.conv2d(image, filter as tf.Tensor4D, 1, "valid").add(bias).tanh();
    const pooled = tf.maxPool(maps as tf.Tensor4D, 2, 2, "valid");
    const representation = tf.matMul(pooled.reshape([3, -1]), dense as tf.Tensor2D).sigmoid();
    const first = tf.matMul(representation, heads[0] as tf.Tensor2D).sub(labels).square().mean();
    const logits = tf.matMul(representation, heads[1] as tf.Tensor2D);
    const second = tf.losses.softmaxCrossEntropy(labels, logits);
    return { losses: [first, second] as tf.Scalar[], representation };
  };
  const shared = [filter, bias, dense];
  return {
    forward,
    shared,
    heads,
    dispose: () => tf.dispose([image, labels, ...shared, ...heads]),
  };
}

Deno.test("gradients of one tape are those of tf.variableGrads, for each of several losses", async () => {
  const { forward, shared, heads, dispose } = network();
  const before = tf.memory().numTensors;
  const { result, tape } = recordTape(forward);
  const { shared: found, own } = taskGradients(tape, result.losses, shared, heads.map((h) => [h]));
  for (const [k, loss] of result.losses.entries()) {
    const variables = [...shared, heads[k]];
    const { value, grads } = tf.variableGrads(() => forward().losses[k], variables);
    assertClose(await loss.data(), await value.data(), 1e-6);
    for (const [at, variable] of variables.entries()) {
      const gradient = at < shared.length ? found[k][at]! : own[k][0]!;
      deepStrictEqual(gradient.shape, variable.shape);
      assertClose(await gradient.data(), await grads[variable.name].data(), 1e-6);
    }
    tf.dispose([value, grads]);
  }
  tape.dispose();
  tf.dispose([result, found, own] as unknown as tf.TensorContainer);
  strictEqual(tf.memory().numTensors, before);
  dispose();
});

Deno.test("gradients agree with finite differences", async () => {
  const { forward, shared, dispose } = network();
  const { result, tape } = recordTape(forward);
  const [gradient] = tape.gradients(result.losses[1], [shared[2]]);
  const values = await gradient!.data();
  const weights = Float32Array.from(await shared[2].data());
  const at = async (index: number, move: number) => {
    const moved = weights.slice();
    moved[index] += move;
    shared[2].assign(tf.tensor(moved, shared[2].shape));
    const { losses, representation } = tf.tidy(forward);
    const value = (await losses[1].data())[0];
    tf.dispose([...losses, representation]);
    return value;
  };
  const step = 1e-2;
  for (const index of [0, 7, 31, 71]) {
    const difference = (await at(index, step) - await at(index, -step)) / (2 * step);
    ok(Math.abs(difference - values[index]) < 2e-4, `${difference} and ${values[index]}`);
  }
  tape.dispose();
  tf.dispose([gradient!, result.losses, result.representation] as tf.TensorContainer);
  dispose();
});

Deno.test("the chain rule through the representation gives the same gradients", async () => {
  const { forward, shared, dispose } = network();
  const before = tf.memory().numTensors;
  const { result, tape } = recordTape(forward);
  const [direct, other] = taskGradients(tape, result.losses, shared).shared;
  const [slope] = tape.gradients(result.losses[0], [result.representation]);
  const chained = tape.gradients(result.representation, shared, slope!);
  for (const [at, gradient] of chained.entries()) {
    assertClose(await gradient!.data(), await direct[at]!.data(), 1e-6);
  }
  throws(
    () => tape.gradients(result.representation, shared, result.losses[0]),
    /upstream must have/,
  );
  tape.dispose();
  tape.dispose();
  throws(() => tape.gradients(result.losses[0], shared), /was disposed/);
  tf.dispose(chained as tf.Tensor[]);
  tf.dispose(slope!);
  tf.dispose([result, direct, other] as unknown as tf.TensorContainer);
  strictEqual(tf.memory().numTensors, before);
  dispose();
});

Deno.test("a tensor that is used twice, or not at all, gets the right gradient", async () => {
  const before = tf.memory().numTensors;
  const x = variable(tf.tensor1d([2, 3]));
  const unused = variable(tf.scalar(1));
  const { result, tape } = recordTape(() => x.mul(x).add(x).sum() as tf.Scalar);
  const [gradient, none] = tape.gradients(result, [x, unused]);
  assertClose(await gradient!.data(), [5, 7], 0);
  strictEqual(none, null);
  // With a loss that is itself asked for, its gradient is the upstream.
  const [itself] = tape.gradients(result, [result]);
  assertClose(await itself!.data(), [1], 0);
  tape.dispose();
  tf.dispose([x, unused, result, gradient!, itself!]);
  strictEqual(tf.memory().numTensors, before);
});

Deno.test("gradients of a weighted sum cost one pass and are the weighted sum of gradients", async () => {
  const { forward, shared, dispose } = network();
  const { result, tape } = recordTape(forward);
  const each = taskGradients(tape, result.losses, shared).shared;
  const rows = jacobianRows(each, shared);
  const expected = weightRows(rows, [0.3, -2]);
  const upstreams = [tf.scalar(0.3), tf.scalar(-2)];
  const found = tape.gradientsOfSum(result.losses, shared, upstreams);
  const parts = splitRow(expected, shared);
  for (const [at, gradient] of found.entries()) {
    assertClose(await gradient!.data(), await parts[at].data(), 1e-5);
  }
  tape.dispose();
  tf.dispose(
    [result, each, rows, expected, upstreams, found, parts] as unknown as tf.TensorContainer,
  );
  dispose();
});

Deno.test("the Gramian without the gradients is the same, with and without dense layers", async () => {
  const { forward, shared, heads, dispose } = network();
  // A batch of 3 and 18 features: the dense layer takes the short cut, and bias and filter do not.
  const unused = variable(tf.scalar(1));
  const inputs = [...shared, unused];
  const before = tf.memory().numTensors;
  const { result, tape } = recordTape(forward);
  const own = heads.map((head) => [head]);
  const each = taskGradients(tape, result.losses, inputs, own);
  const rows = jacobianRows(each.shared, inputs);
  const expected = await readGramian(rows);
  const found = tape.gramian(result.losses, inputs, own);
  const products = await found.gramian.array();
  expected.forEach((row, i) => assertClose(products[i], row, 1e-5));
  for (const [k, [gradient]] of found.own.entries()) {
    assertClose(await gradient!.data(), await each.own[k][0]!.data(), 1e-6);
  }
  // With respect to a tensor made on the way, alone and together with what lies before it.
  for (const list of [[result.representation], [result.representation, shared[0]]]) {
    const direct = taskGradients(tape, result.losses, list).shared;
    const matrix = jacobianRows(direct, list);
    const alone = tape.gramian(result.losses, list);
    const values = await alone.gramian.array();
    (await readGramian(matrix)).forEach((row, i) => assertClose(values[i], row, 1e-5));
    tf.dispose([direct, matrix, alone] as unknown as tf.TensorContainer);
  }
  tape.dispose();
  tf.dispose([result, each, rows, found] as unknown as tf.TensorContainer);
  strictEqual(tf.memory().numTensors, before);
  throws(() => tape.gramian(result.losses, inputs), /was disposed/);
  unused.dispose();
  dispose();
});

Deno.test("dense layers are found, and their weight gradients are never made in the short cut", async () => {
  const before = tf.memory().numTensors;
  const x = tf.randomNormal([3, 50], 0, 1, "float32", 1) as tf.Tensor2D;
  const weights = [
    variable(tf.randomNormal([50, 40], 0, 1, "float32", 2)),
    variable(tf.randomNormal([40, 30], 0, 1, "float32", 3)),
  ];
  const [first, second] = weights as tf.Tensor[] as tf.Tensor2D[];
  const { result, tape } = recordTape(() => {
    const output = tf.matMul(tf.matMul(x, first).relu(), second).sin();
    return [output.sum(), output.square().mean(), output.mean()] as tf.Scalar[];
  });
  deepStrictEqual(
    weights.map(({ id }) => tape.denseLayers(weights).get(id)?.read.shape),
    [[3, 50], [3, 40]],
  );
  const each = taskGradients(tape, result, weights).shared;
  const rows = jacobianRows(each, weights);
  const expected = await readGramian(rows);
  const close = (found: number[][]) =>
    found.forEach((row, i) =>
      row.forEach((value, j) =>
        ok(Math.abs(value - expected[i][j]) < 1e-5 * Math.sqrt(expected[i][i] * expected[j][j]))
      )
    );
  const shapes = async (run: () => tf.TensorContainer) =>
    (await tf.profile(run)).kernels.flatMap(({ outputShapes }) => outputShapes.map(String));

  let gramian!: tf.Tensor2D;
  const streamed = await shapes(() => gramian = tape.gramian(result, weights).gramian);
  ok(!streamed.includes("50,40") && !streamed.includes("40,30"), `${streamed}`);
  close(await gramian.array());

  let kept!: KeptGradients;
  const made = await shapes(() => {
    kept = keepGradients(tape, result, weights).kept;
    return [];
  });
  ok(!made.includes("50,40") && !made.includes("40,30"), `${made}`);
  const [values, losses] = await kept.gramianWith(...result);
  close(values);
  for (const [k, loss] of result.entries()) assertClose([losses[k]], await loss.data(), 0);
  const factors = [0.5, -1, 2];
  const sums = kept.weighted(factors);
  const row = weightRows(rows, factors);
  const parts = splitRow(row, weights);
  for (const [at, sum] of sums.entries()) {
    assertClose(await sum.data(), await parts[at].data(), 1e-4);
  }
  assertClose(await kept.rows().data(), await rows.data(), 1e-4);
  close(await kept.gramian());
  kept.dispose();
  tape.dispose();
  tf.dispose([result, each, rows, row, gramian, sums, parts] as unknown as tf.TensorContainer);
  tf.dispose([x, weights]);
  strictEqual(tf.memory().numTensors, before);
});

Deno.test("the short cut of dense layers is left where it does not hold", async () => {
  const before = tf.memory().numTensors;
  const a = tf.randomNormal([2, 5], 0, 1, "float32", 1) as tf.Tensor2D;
  const square = tf.randomNormal([5, 2], 0, 1, "float32", 2) as tf.Tensor2D;
  const weight = variable(tf.randomNormal([5, 5], 0, 1, "float32", 3));
  const matrix = weight as tf.Tensor as tf.Tensor2D;
  const forwards = [
    () => tf.matMul(a, matrix),
    () => tf.matMul(a, matrix, false, true),
    () => tf.matMul(tf.matMul(a, matrix), matrix),
    () => tf.matMul(square, matrix, true, false),
    () => tf.matMul(matrix, square),
  ];
  for (const forward of forwards) {
    const { result, tape } = recordTape(() => {
      const output = forward();
      return [output.square().mean(), output.sin().sum()] as tf.Scalar[];
    });
    const each = taskGradients(tape, result, [weight]).shared;
    const rows = jacobianRows(each, [weight]);
    const { gramian } = tape.gramian(result, [weight]);
    const found = await gramian.array();
    (await readGramian(rows)).forEach((row, i) => {
      row.forEach((value, j) => ok(Math.abs(found[i][j] - value) <= 1e-5 * (1 + Math.abs(value))));
    });
    tape.dispose();
    tf.dispose([result, each, rows, gramian] as unknown as tf.TensorContainer);
  }
  tf.dispose([a, square, weight]);
  strictEqual(tf.memory().numTensors, before);
});

Deno.test("the Gramian read from tensors is that of the rows", async () => {
  const before = tf.memory().numTensors;
  const variables = [variable(tf.zeros([2, 3])), variable(tf.zeros([4]))];
  const gradients = [
    [tf.randomNormal([2, 3], 0, 1, "float32", 1), tf.randomNormal([4], 0, 1, "float32", 2)],
    [null, tf.randomNormal([4], 0, 1, "float32", 3)],
  ];
  const rows = jacobianRows(gradients, variables);
  deepStrictEqual(rows.shape, [2, 10]);
  const gramian = await readGramian(rows);
  const expected = gramianOf(await rows.array());
  gramian.forEach((row, i) => assertClose(row, expected[i], 1e-5));
  strictEqual(gramian[0][1], gramian[1][0]);
  tf.dispose([rows, variables, gradients] as unknown as tf.TensorContainer);
  strictEqual(tf.memory().numTensors, before);
});

Deno.test("recording twice at once, and failing while recording, leave the engine as it was", async () => {
  const before = tf.memory().numTensors;
  const one = tf.scalar(1);
  throws(() => tf.grad((x: tf.Tensor) => recordTape(() => x.square()).result)(one), /inside/);
  throws(() =>
    recordTape(() => {
      tf.scalar(2).square();
      throw new Error("stopped half-way");
    }), /stopped half-way/);
  const x = variable(tf.scalar(3));
  const { value, grads } = tf.variableGrads(() => x.square() as tf.Scalar, [x]);
  assertClose(await grads[x.name].data(), [6], 0);
  tf.dispose([one, x, value, grads] as unknown as tf.TensorContainer);
  strictEqual(tf.memory().numTensors, before);
});
