import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { binary, multiLabel, taskFromConfiguration } from "polytask";
import { testOnBackends } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { checkLossGradient, lossesOf } from "./_row_losses.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** -α_t (1 - p_t)^γ log p_t as Lin et al. 2017 write it, in float64. */
function focal(z: number, y: number, gamma: number, alpha?: number): number {
  const p = y === 1 ? sigmoid(z) : sigmoid(-z);
  const factor = alpha === undefined ? 1 : y === 1 ? alpha : 1 - alpha;
  return -factor * (1 - p) ** gamma * Math.log(p);
}

const logits = [0, 0, 0.3, -2, 1.5, -1.5, 6, -6];
const labels = [0, 1, 1, 0, 0, 1, 1, 1];

testOnBackends("focal loss of yes or no: known values", async () => {
  // p = 0.9 for the true answer: 0.1² × 0.105360516 = 0.00105360516, and a quarter of it for yes,
  // three quarters for no. p = 1/2: log 2 / 4.
  const output = tf.tensor2d([[Math.log(9)], [-Math.log(9)], [0]]);
  const target = tf.tensor1d([1, 0, 1]);
  const plain = await lossesOf(binary("a", { loss: "focal" }), output, target);
  near(plain.losses, [0.00105360516, 0.00105360516, Math.LN2 / 4], 1e-7);
  const weighted = await lossesOf(binary("a", { loss: "focal", alpha: 0.25 }), output, target);
  near(weighted.losses, [0.00026340129, 0.00079020387, Math.LN2 / 16], 1e-7);
  tf.dispose([output, target]);
});

testOnBackends(
  "focal losses and gradients agree with float64 for every gamma and alpha",
  async () => {
    const [output, target] = [tf.tensor2d(logits, [8, 1]), tf.tensor1d(labels)];
    const [wide, many] = [tf.tensor2d(logits, [4, 2]), tf.tensor2d(labels, [4, 2])];
    for (const gamma of [0, 0.5, 2, 5]) {
      for (const alpha of [undefined, 0.25, 0.9]) {
        const settings = { loss: "focal", gamma, alpha } as const;
        const expected = logits.map((z, at) => focal(z, labels[at], gamma, alpha));
        const slopes = logits.map((z, at) => {
          const moved = (by: number) => focal(z + by, labels[at], gamma, alpha);
          return (moved(1e-4) - moved(-1e-4)) / 2e-4;
        });
        const one = await lossesOf(binary("a", settings), output, target);
        near(one.losses, expected);
        near(one.gradient, slopes, 2e-5);
        const several = await lossesOf(multiLabel("a", { count: 2, ...settings }), wide, many);
        near(several.losses, [0, 2, 4, 6].map((at) => (expected[at] + expected[at + 1]) / 2));
        near(several.gradient, slopes.map((slope) => slope / 2), 2e-5);
      }
    }
    tf.dispose([output, target, wide, many]);
  },
);

testOnBackends(
  "the focal loss is finite far out, where the answer is right and wrong",
  async () => {
    const output = tf.tensor2d([[1e4], [-1e4], [1e4], [-1e4]]);
    const target = tf.tensor1d([1, 0, 0, 1]);
    for (const gamma of [0.5, 2]) {
      const task = binary("a", { loss: "focal", gamma });
      const { losses, gradient } = await lossesOf(task, output, target);
      near(losses, [0, 0, 1e4, 1e4]);
      near(gradient, [0, 0, 1, -1]);
    }
    tf.dispose([output, target]);
  },
);

testOnBackends("the gradient of the focal loss agrees with finite differences", async () => {
  const target = tf.tensor2d([[0, 1, 1], [1, 0, 0]]);
  const task = multiLabel("many", { count: 3, loss: "focal", alpha: 0.3 });
  await checkLossGradient(task, [2, 3], target, { range: [-3, 3] });
  target.dispose();
});

Deno.test("focal settings come back from a saved task, and wrong ones get a sentence", () => {
  for (
    const task of [
      binary("a", { loss: "focal", gamma: 1, alpha: 0.25 }),
      multiLabel("b", { count: 2, loss: "focal", gamma: 3 }),
    ]
  ) {
    const saved = JSON.parse(JSON.stringify(task.configuration));
    strictEqual(saved.loss, "focal");
    deepStrictEqual(
      JSON.parse(JSON.stringify(taskFromConfiguration(saved).configuration)),
      saved,
    );
  }
  throws(() => binary("a", { loss: "focal", gamma: -1 }), /"a": gamma must be a number from 0/);
  throws(() => binary("a", { alpha: 1 }), /"a": alpha must be above 0 and below 1, but is 1/);
  throws(() => multiLabel("b", { count: 2, gamma: NaN }), /"b": gamma.*NaN/);
});
