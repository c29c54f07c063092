import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  computeUpdate,
  crMogm,
  fixedWeights,
  mgda,
  modo,
  sdmgrad,
} from "../../lib/balancing/mod.ts";
import { gramianOf } from "../../lib/math/matrix.ts";
import { assertClose, problem } from "./_update_problem.ts";

await tf.setBackend("cpu");

Deno.test("independent samples: products of two, an update on the third", async () => {
  const { trunk, heads, dispose } = problem();
  const start = tf.memory().numTensors;
  // Three batches of different sizes.
  const samples = [3, 4, 5].map((size, at) => {
    const x = tf.randomNormal([size, 4], 0, 1, "float32", 20 + at) as tf.Tensor2D;
    const y = tf.randomNormal([size, 3], 0, 1, "float32", 30 + at) as tf.Tensor2D;
    const forward = () => {
      const hidden = tf.matMul(x, trunk[0] as tf.Tensor2D).add(trunk[1]).tanh();
      const losses = heads.map((head, task) =>
        tf.matMul(hidden, head as tf.Tensor2D).sub(y.slice([0, task], [size, 1])).square().mean()
      ) as tf.Scalar[];
      return { losses, representation: hidden };
    };
    return { forward, dispose: () => tf.dispose([x, y]) };
  });
  const request = {
    present: [0, 1, 2],
    forward: () => {
      throw new Error("the whole batch is not looked at");
    },
    shared: trunk,
    own: heads.map((head) => [head]),
  };
  const rowsOf = async (sample: number, weights: readonly number[]) => {
    const { gradients, losses } = await computeUpdate({
      ...request,
      balancer: fixedWeights({ weights }),
      forward: samples[sample].forward,
    });
    const row = await Promise.all(
      trunk.map(async (variable) => Array.from(await gradients.get(variable)!.data())),
    );
    const own = await Promise.all(
      heads.map(async (head) => Array.from(await gradients.get(head)!.data())),
    );
    tf.dispose([...gradients.values()]);
    return { row: row.flat(), own, losses };
  };
  const units = [0, 1, 2].map((i) => [0, 1, 2].map((j) => +(i === j)));
  const rows: number[][][] = [];
  for (const sample of [0, 1]) {
    rows.push([]);
    for (const unit of units) rows[sample].push((await rowsOf(sample, unit)).row);
  }
  const matrix = rows[0].map((row) =>
    rows[1].map((other) => row.reduce((sum, value, at) => sum + value * other[at], 0))
  );
  ok(Math.abs(matrix[0][1] - matrix[1][0]) > 1e-3, "not symmetric");
  const plain = await Promise.all([0, 1, 2].map((sample) => rowsOf(sample, [1, 1, 1])));
  const means = [0, 1, 2].map((task) =>
    plain.reduce((sum, { losses }) => sum + losses[task] / 3, 0)
  );
  for (
    const make of [() => modo({ gamma: 0.1 }), () => sdmgrad(), () => crMogm({ method: modo() })]
  ) {
    const before = tf.memory().numTensors;
    const found = await computeUpdate({
      ...request,
      balancer: make(),
      samples: samples.map(({ forward }) => forward),
      measure: true,
    });
    strictEqual(tf.memory().numTensors, before + found.gradients.size);
    const weights = make().weights(matrix);
    assertClose([...found.report!.weights!], weights, 1e-4);
    assertClose(found.losses, means, 1e-5);
    gramianOf(rows[0]).forEach((row, i) => assertClose(found.gramian![i], row, 1e-4));
    const expected = await rowsOf(2, found.report!.weights!);
    const values = await Promise.all(
      trunk.map(async (variable) => Array.from(await found.gradients.get(variable)!.data())),
    );
    assertClose(values.flat(), expected.row, 1e-5);
    for (const [task, head] of heads.entries()) {
      assertClose(Array.from(await found.gradients.get(head)!.data()), plain[2].own[task], 1e-5);
    }
    tf.dispose([...found.gradients.values()]);
  }
  samples.forEach((sample) => sample.dispose());
  strictEqual(tf.memory().numTensors, start);
  throws(() => modo({ on: "representation" }), /no representation in common/);
  dispose();
});

Deno.test("held weights need no Gramian and give the same update", async () => {
  const { trunk, heads, forward, dispose } = problem();
  const balancer = mgda({ every: 2 });
  balancer.reset?.(["a", "b", "c"]);
  const request = {
    balancer,
    present: [0, 1, 2],
    forward: forward([0, 1, 2]),
    shared: trunk,
    own: heads.map((head) => [head]),
  };
  const before = tf.memory().numTensors;
  const first = await computeUpdate(request);
  const second = await computeUpdate(request);
  strictEqual(second.gramian, undefined);
  deepStrictEqual(second.report?.notes, ["weights of an earlier step"]);
  for (const variable of [...trunk, ...heads]) {
    assertClose(
      Array.from(await second.gradients.get(variable)!.data()),
      Array.from(await first.gradients.get(variable)!.data()),
    );
  }
  const third = await computeUpdate(request);
  ok(third.gramian);
  for (const { gradients } of [first, second, third]) tf.dispose([...gradients.values()]);
  strictEqual(tf.memory().numTensors, before);
  dispose();
});
