import { deepStrictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  type Balancer,
  computeUpdate,
  equalWeights,
  gramianMethods,
  jacobianMethods,
} from "polytask";
import { testOnBackends } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

// Losses (s - 1)^2 + a^2 and (s + 2)^2 with s shared and a the first task's own; penalty s a.
const balancers: Readonly<Record<string, () => Balancer>> = {
  "equal weights": equalWeights,
  "a Gramian method": gramianMethods["upgrad"],
  "a Jacobian method": jacobianMethods["moco"],
};

for (const [name, make] of Object.entries(balancers)) {
  testOnBackends(`the penalty's gradient is added as it is: ${name}`, async () => {
    const [shared, own] = tf.tidy(() => [tf.variable(tf.scalar(0.5)), tf.variable(tf.scalar(3))]);
    const update = async (withPenalty: boolean) => {
      const { gradients, losses } = await computeUpdate({
        balancer: make(),
        present: [0, 1],
        forward: () =>
          tf.tidy(() => ({
            losses: [
              shared.sub(1).square().add(own.square()) as tf.Scalar,
              shared.add(2).square() as tf.Scalar,
            ],
            ...withPenalty && { penalty: shared.mul(own) as tf.Scalar },
          })),
        shared: [shared],
        own: [[own], []],
      });
      return {
        losses,
        values: await Promise.all([shared, own].map((each) => take(gradients.get(each)!))),
      };
    };
    const plain = await update(false);
    const tied = await update(true);
    deepStrictEqual(tied.losses, plain.losses);
    near(tied.values[0], [plain.values[0][0] + 3]);
    near(tied.values[1], [plain.values[1][0] + 0.5]);
    tf.dispose([shared, own]);
  });
}

testOnBackends(
  "a loss that reaches what belongs to another task leaves nothing behind",
  async () => {
    const [shared, first, second] = tf.tidy(() => [
      tf.variable(tf.tensor1d([1, 2])),
      tf.variable(tf.tensor1d([3, 4])),
      tf.variable(tf.tensor1d([5, 6])),
    ]);
    for (const make of Object.values(balancers)) {
      const { gradients } = await computeUpdate({
        balancer: make(),
        present: [0, 1],
        forward: () =>
          tf.tidy(() => ({
            losses: [
              shared.mul(first).mul(second).sum() as tf.Scalar,
              shared.mul(second).sum() as tf.Scalar,
            ],
          })),
        shared: [shared],
        own: [[first], [second]],
      });
      near(await gradients.get(first)!.data(), [5, 12]);
      tf.dispose([...gradients.values()]);
    }
    tf.dispose([shared, first, second]);
  },
);
