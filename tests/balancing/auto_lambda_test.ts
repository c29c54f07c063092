import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { autoLambda, autoLambdaSlopes } from "../../lib/balancing/losses/auto_lambda.ts";
import type { Probe } from "../../lib/balancing/balancer.ts";

await tf.setBackend("cpu");

/** Two quadratic losses `|v - c|^2 / 2`, with other centres on the rows held out. */
function quadratics() {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -2])));
  const centers = { "train": [[3, 0], [0, 1]], "held out": [[2, 0.5], [-1, 1]] };
  const probe: Probe = {
    present: [0, 1],
    variables: [variable],
    losses: (rows) =>
      centers[rows].map((center) => variable.sub(center).square().sum().div(2) as tf.Scalar),
  };
  return { variable, centers, probe };
}

Deno.test("autoLambdaSlopes are the derivatives of the held-out loss after the trial step", async () => {
  const { variable, centers, probe } = quadratics();
  const before = tf.memory().numTensors;
  const [weights, rate] = [[0.4, 0.7], 0.1];
  const slopes = await autoLambdaSlopes(probe, weights, [1, 0], rate);
  strictEqual(tf.memory().numTensors, before);
  deepStrictEqual(Array.from(await variable.data()), [1, -2]);
  // By hand: v' = v - rate sum w (v - c); the slope is -rate (v - c_i) . (v' - c'_primary), and
  // finite differences are exact for quadratics.
  const v = [1, -2];
  const slopesOf = (point: number[], center: number[]) => point.map((x, i) => x - center[i]);
  const trial = v.map((x, i) =>
    x - rate * centers.train.reduce((sum, c, task) => sum + weights[task] * (v[i] - c[i]), 0)
  );
  const held = slopesOf(trial, centers["held out"][0]);
  centers.train.forEach((center, task) => {
    const gradient = slopesOf(v, center);
    const expected = -rate * (gradient[0] * held[0] + gradient[1] * held[1]);
    ok(Math.abs(slopes![task] - expected) < 1e-3 * Math.abs(expected), `${slopes} ${expected}`);
  });
  variable.dispose();
});

Deno.test("autoLambda raises the weights of tasks that help the primary one", async () => {
  const { variable, probe } = quadratics();
  const balancer = autoLambda({ primary: [0], learningRate: 0.01, initial: [0.5, 0.5] });
  balancer.reset?.(["a", "b"]);
  const slopes = await autoLambdaSlopes(probe, [0.5, 0.5], [1, 0], 0.01);
  await balancer.lookAhead?.(probe);
  balancer.observe?.([1, 1], [0, 1]);
  const { weights } = balancer.report!();
  weights!.forEach((weight, task) => ok((weight - 0.5) * slopes![task] < 0));
  variable.dispose();
});

Deno.test("autoLambda says when no primary task has a gradient", async () => {
  const { variable, probe } = quadratics();
  const flat: Probe = { ...probe, losses: () => [tf.scalar(1), tf.scalar(2)] };
  const balancer = autoLambda();
  balancer.reset?.(["a", "b"]);
  await balancer.lookAhead?.(flat);
  balancer.observe?.([1, 1], [0, 1]);
  deepStrictEqual(balancer.report?.(), {
    weights: [0.1, 0.1],
    notes: ["the weights were not moved: no primary task has a gradient"],
  });
  variable.dispose();
});
