import { ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  type Balancer,
  computeUpdate,
  equalWeights,
  graddrop,
  gradvacByLayer,
  sumGradient,
  type UpdateRequest,
} from "../../lib/balancing/mod.ts";

await tf.setBackend("cpu");

function normal(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", seed);
}

const [x, y] = [normal([6, 4], 1) as tf.Tensor2D, normal([6, 2], 2)];
const trunk = tf.tidy(() => tf.variable(normal([4, 5], 3)));
const heads = [4, 5].map((seed) => tf.tidy(() => tf.variable(normal([5, 1], seed))));

/** The gradients of the trunk and of the heads. */
async function update(
  balancer: Balancer,
  withRepresentation = true,
  measure: UpdateRequest["measure"] = false,
) {
  balancer.reset?.(["a", "b"]);
  const { gradients, gramian } = await computeUpdate({
    balancer,
    present: [0, 1],
    forward: () => {
      const representation = tf.matMul(x, trunk as tf.Tensor as tf.Tensor2D).tanh();
      const losses = heads.map((head, task) =>
        tf.matMul(representation as tf.Tensor2D, head as tf.Tensor as tf.Tensor2D)
          .sub(y.slice([0, task], [6, 1])).square().mean() as tf.Scalar
      );
      return { losses, ...withRepresentation && { representation } };
    },
    shared: [trunk],
    own: heads.map((head) => [head]),
    measure,
  });
  const values = await Promise.all(
    [trunk, ...heads].map(async (variable) => [...await gradients.get(variable)!.data()]),
  );
  tf.dispose([...gradients.values()]);
  return { values: values.flat(), gramian };
}

Deno.test("GradDrop on the representation that drops nothing gives the sum of the gradients", async () => {
  const before = tf.memory().numTensors;
  const leak = [1, 1];
  const { values, gramian } = await update(graddrop({ on: "representation", leak }), true, true);
  const expected = await update(sumGradient());
  values.forEach((value, at) => ok(Math.abs(value - expected.values[at]) < 1e-5));
  strictEqual(gramian?.length, 2);
  strictEqual(tf.memory().numTensors, before);
});

Deno.test("GradDrop on the representation leaves one sign of every feature, and the heads alone", async () => {
  const dropped = await update(graddrop({ on: "representation" }));
  const expected = await update(sumGradient());
  const trunkSize = 20;
  ok(dropped.values.slice(0, trunkSize).some((v, at) => Math.abs(v - expected.values[at]) > 1e-3));
  dropped.values.slice(trunkSize).forEach((value, at) =>
    ok(Math.abs(value - expected.values[trunkSize + at]) < 1e-5)
  );
});

Deno.test("without a representation there is a sentence, and nothing is left behind", async () => {
  const before = tf.memory().numTensors;
  await rejects(
    update(graddrop({ on: "representation" }), false),
    /"graddrop" works on the representation, but this architecture has no single one/,
  );
  strictEqual(tf.memory().numTensors, before);
  strictEqual(gradvacByLayer().on, undefined);
});

Deno.test("the Gramian is measured on the representation, where there is one, unless told", async () => {
  const measured = async (withRepresentation: boolean, measure: UpdateRequest["measure"]) =>
    (await update(equalWeights(), withRepresentation, measure)).gramian!.flat();
  const [shared, representation] = [
    await measured(true, "shared"),
    await measured(true, "representation"),
  ];
  const close = (found: number[], expected: number[]) =>
    found.every((value, at) => Math.abs(value - expected[at]) < 1e-6);
  ok(!close(shared, representation));
  ok(close(await measured(true, true), representation));
  ok(close(await measured(false, true), shared));
});
