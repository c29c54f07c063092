import { ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Balancer, GradientSource } from "../../lib/balancing/balancer.ts";
import { computeUpdate } from "../../lib/balancing/mod.ts";

function variable(shape: number[], seed: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 1, "float32", seed)));
}

/** Three regressions on one hidden layer. */
export function problem() {
  const x = tf.randomNormal([6, 4], 0, 1, "float32", 1) as tf.Tensor2D;
  const y = tf.randomNormal([6, 3], 0, 1, "float32", 2) as tf.Tensor2D;
  const trunk = [variable([4, 5], 3), variable([5], 4)];
  const heads = [5, 6, 7].map((seed) => variable([5, 1], seed));
  const forward = (present: readonly number[]) => () => {
    const representation = tf.matMul(x, trunk[0] as tf.Tensor2D).add(trunk[1]).tanh();
    const losses = present.map((task) => {
      const output = tf.matMul(representation, heads[task] as tf.Tensor2D);
      return output.sub(y.slice([0, task], [6, 1])).square().mean() as tf.Scalar;
    });
    return { losses, representation };
  };
  return { x, y, trunk, heads, forward, dispose: () => tf.dispose([x, y, trunk, heads]) };
}

/** What a balancer makes of it, as plain numbers; checks that only the gradients are left. */
export async function update(
  balancer: Balancer,
  options: { present?: number[]; measure?: boolean | GradientSource; keepBytes?: number } = {},
) {
  const { trunk, heads, forward, dispose } = problem();
  const { present = [0, 1, 2], measure, keepBytes } = options;
  balancer.reset?.(["a", "b", "c"]);
  const before = tf.memory().numTensors;
  const found = await computeUpdate({
    balancer,
    present,
    forward: forward(present),
    shared: trunk,
    own: present.map((task) => [heads[task]]),
    // The bias stands for a last layer.
    lastLayer: [trunk[1]],
    measure,
    keepBytes,
  });
  strictEqual(tf.memory().numTensors, before + found.gradients.size, "only the gradients are left");
  const read = async (variable: tf.Variable) => {
    const gradient = found.gradients.get(variable);
    return gradient ? Array.from(await gradient.data()) : null;
  };
  const result = {
    losses: found.losses,
    report: found.report,
    gramian: found.gramian,
    trunk: (await Promise.all(trunk.map(read))).map((values) => values!).flat(),
    heads: await Promise.all(heads.map(read)),
  };
  tf.dispose([...found.gradients.values()]);
  dispose();
  return result;
}

/** Fails unless the numbers agree. */
export function assertClose(
  found: readonly number[],
  expected: readonly number[],
  tolerance = 1e-5,
) {
  strictEqual(found.length, expected.length);
  found.forEach((value, i) =>
    ok(Math.abs(value - expected[i]) <= tolerance, `entry ${i}: ${value} and ${expected[i]}`)
  );
}
