import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  asJacobianMethod,
  computeUpdate,
  constantGradient,
  equalWeights,
  fixedWeights,
  gradnorm,
  meanGradient,
  mgda,
  randomGradientWeights,
  sumGradient,
  trimmedMean,
  uncertaintyWeights,
} from "../../lib/balancing/mod.ts";
import { gramianOf } from "../../lib/math/matrix.ts";
import { minimizeOnSimplex } from "../../lib/math/simplex_quadratic.ts";
import { assertClose, problem, update } from "./_update_problem.ts";

await tf.setBackend("cpu");

Deno.test("sum of losses, sum by the Gramian and sum of rows are the same update", async () => {
  const losses = await update(equalWeights());
  for (const balancer of [sumGradient(), asJacobianMethod(sumGradient())]) {
    const found = await update(balancer);
    assertClose(found.losses, losses.losses);
    assertClose(found.trunk, losses.trunk);
    found.heads.forEach((head, task) => assertClose(head!, losses.heads[task]!));
  }
  // The mean scales the shared variables only: heads keep their own gradient.
  const mean = await update(meanGradient());
  assertClose(mean.trunk, losses.trunk.map((value) => value / 3));
  mean.heads.forEach((head, task) => assertClose(head!, losses.heads[task]!));
});

Deno.test("the Gramian is that of the shared gradients, and weights multiply them", async () => {
  const each = [];
  for (const task of [0, 1, 2]) {
    each.push(await update(fixedWeights({ weights: [0, 1, 2].map((i) => i === task ? 1 : 0) })));
  }
  const rows = each.map(({ trunk }) => trunk);
  const found = await update(mgda());
  rows.forEach((row, i) =>
    rows.forEach((other, j) => {
      const product = row.reduce((sum, value, at) => sum + value * other[at], 0);
      ok(Math.abs(found.gramian![i][j] - product) < 1e-4 * (1 + Math.abs(product)));
    })
  );
  const { weights } = minimizeOnSimplex(found.gramian!);
  assertClose([...found.report!.weights!], weights, 1e-12);
  const expected = rows[0].map((_, at) => weights.reduce((sum, w, i) => sum + w * rows[i][at], 0));
  assertClose(found.trunk, expected);
});

Deno.test("weights that are known beforehand need no Gramian, and are drawn once a step", async () => {
  const make = () => randomGradientWeights({ seed: 4 });
  const found = await update(make());
  strictEqual(found.gramian, undefined);
  const weights = make().weights([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  deepStrictEqual([...found.report!.weights!], weights);
  deepStrictEqual(found.report!.notes, undefined);
  const weighted = await update(fixedWeights({ weights }));
  assertClose(found.trunk, weighted.trunk);
  const plain = await update(equalWeights());
  found.heads.forEach((head, task) => assertClose(head!, plain.heads[task]!));
  const measured = await update(make(), { measure: true });
  deepStrictEqual([...measured.report!.weights!], weights);
  strictEqual(measured.gramian!.length, 3);
  const kept = randomGradientWeights({ every: 2 });
  deepStrictEqual(kept.held!([0, 1]), kept.held!([0, 1]));
  ok(kept.report!().notes!.includes("weights of an earlier step"));
});

Deno.test("known weights of any size leave the heads their own gradients", async () => {
  const plain = await update(equalWeights());
  const rows: number[][] = [];
  for (const task of [0, 1, 2]) {
    const { trunk } = await update(fixedWeights({ weights: [0, 0, 0].with(task, 1) }));
    rows.push(trunk);
  }
  // One backward pass serves all but the zero and the tiny weight, which cannot be divided out.
  for (const weights of [[0.5, 0, -2], [1e-30, 3, 0.25], [-4, -4, -4], [1e-30, 1e-30, 1e-30]]) {
    const found = await update(constantGradient({ weights }));
    const expected = rows[0].map((_, at) =>
      weights.reduce((sum, weight, task) => sum + weight * rows[task][at], 0)
    );
    assertClose(found.trunk, expected);
    found.heads.forEach((head, task) => assertClose(head!, plain.heads[task]!));
  }
  // GradNorm's heads get its weights, also on the steps that keep them.
  const kept = gradnorm({ on: "shared", every: 2 });
  const { trunk, heads, forward, dispose } = problem();
  kept.reset?.(["a", "b", "c"]);
  for (const _ of ["fresh", "kept"]) {
    const { gradients, report } = await computeUpdate({
      balancer: kept,
      present: [0, 1, 2],
      forward: forward([0, 1, 2]),
      shared: trunk,
      own: heads.map((head) => [head]),
    });
    for (const [task, head] of heads.entries()) {
      const expected = plain.heads[task]!.map((value) => value * report!.weights![task]);
      assertClose(Array.from(await gradients.get(head)!.data()), expected);
    }
    tf.dispose([...gradients.values()]);
  }
  dispose();
});

Deno.test("on the representation: its own Gramian, one pass through the trunk", async () => {
  const balancer = mgda({ on: "representation" });
  const found = await update(balancer);
  const direct = await update(mgda());
  ok(found.gramian!.some((row, i) => Math.abs(row[i] - direct.gramian![i][i]) > 1e-3));
  // With its weights the shared update is that of the weighted losses.
  const weights = [...found.report!.weights!];
  const weighted = await update(fixedWeights({ weights }));
  assertClose(found.trunk, weighted.trunk);
  found.heads.forEach((head, task) => assertClose(head!, direct.heads[task]!));
  const { trunk, heads, forward, dispose } = problem();
  await rejects(
    computeUpdate({
      balancer,
      present: [0, 1],
      forward: () => ({ losses: forward([0, 1])().losses }),
      shared: trunk,
      own: [[heads[0]], [heads[1]]],
    }),
    /has no single one; use on: "shared"/,
  );
  dispose();
});

Deno.test("on the last shared layer: the Gramian of its gradients, one pass through the trunk", async () => {
  const rows = [];
  for (const task of [0, 1, 2]) {
    const weights = [0, 1, 2].map((i) => i === task ? 1 : 0);
    // The last five entries are the gradient by the bias.
    rows.push((await update(fixedWeights({ weights }))).trunk.slice(-5));
  }
  const expected = gramianOf(rows);
  const direct = await update(mgda());
  for (const balancer of [mgda({ on: "last layer" }), gradnorm()]) {
    const found = await update(balancer);
    found.gramian!.forEach((row, i) => assertClose(row, expected[i], 1e-5));
    const weighted = await update(fixedWeights({ weights: [...found.report!.weights!] }));
    assertClose(found.trunk, weighted.trunk);
    found.heads.forEach((head, task) => assertClose(head!, direct.heads[task]!));
  }
  const measured = await update(equalWeights(), { measure: "last layer" });
  measured.gramian!.forEach((row, i) => assertClose(row, expected[i], 1e-5));
  const { trunk, heads, forward, dispose } = problem();
  await rejects(
    computeUpdate({
      balancer: gradnorm(),
      present: [0],
      forward: forward([0]),
      shared: trunk,
      own: [[heads[0]]],
    }),
    /works on the last shared layer, but was not told which it is/,
  );
  dispose();
});

Deno.test("gradients that are not kept give the same Gramian and the same update", async () => {
  for (const make of [() => mgda(), () => gradnorm({ on: "shared" }), () => mgda({ every: 2 })]) {
    const kept = await update(make());
    const streamed = await update(make(), { keepBytes: 0 });
    streamed.gramian!.forEach((row, i) => assertClose(row, kept.gramian![i], 1e-4));
    assertClose(streamed.trunk, kept.trunk, 1e-4);
    streamed.heads.forEach((head, task) => assertClose(head!, kept.heads[task]!));
    const some = await update(make(), { keepBytes: 0, present: [0, 2] });
    strictEqual(some.heads[1], null);
  }
});

Deno.test("tasks that are absent get no gradient and no weight", async () => {
  for (const balancer of [equalWeights(), mgda(), trimmedMean(), gradnorm()]) {
    const found = await update(balancer, { present: [0, 2] });
    strictEqual(found.losses.length, 2);
    strictEqual(found.heads[1], null);
    ok(found.heads[0] && found.heads[2]);
    if (found.report?.weights) strictEqual(found.report.weights.length, 2);
  }
});

Deno.test("measuring the Gramian changes nothing else", async () => {
  const balancers = [
    () => equalWeights(),
    () => uncertaintyWeights({ initial: [0.5, -0.5, 1] }),
    () => trimmedMean(),
    () => mgda({ every: 2 }),
  ];
  for (const make of balancers) {
    const plain = await update(make());
    const measured = await update(make(), { measure: true });
    assertClose(measured.trunk, plain.trunk);
    measured.heads.forEach((head, task) => assertClose(head!, plain.heads[task]!));
    deepStrictEqual(measured.report?.notes, plain.report?.notes);
    strictEqual(measured.gramian!.length, 3);
    for (const measure of ["representation", "last layer"] as const) {
      const cheaply = await update(make(), { measure });
      assertClose(cheaply.trunk, plain.trunk);
      cheaply.heads.forEach((head, task) => assertClose(head!, plain.heads[task]!));
    }
  }
});

Deno.test("GradNorm weighs heads as well", async () => {
  const balancer = gradnorm();
  await update(balancer);
  balancer.restore?.({
    ...balancer.state!(),
    method: { weights: [0.5, 1, 1.5], first: [1, 1, 1] },
  });
  const reset = balancer.reset;
  balancer.reset = undefined;
  const found = await update(balancer);
  balancer.reset = reset;
  const plain = await update(equalWeights());
  assertClose(found.heads[0]!, plain.heads[0]!.map((value) => 0.5 * value));
  assertClose(found.heads[2]!, plain.heads[2]!.map((value) => 1.5 * value));
});

Deno.test("errors leave no tensors behind and say what is wrong", async () => {
  const { trunk, heads, forward, dispose } = problem();
  const before = tf.memory().numTensors;
  const failing = {
    ...mgda(),
    weights: () => {
      throw new Error("solver stopped");
    },
  };
  const request = {
    present: [0, 1, 2],
    forward: forward([0, 1, 2]),
    shared: trunk,
    own: heads.map((head) => [head]),
  };
  await rejects(computeUpdate({ ...request, balancer: failing }), /solver stopped/);
  const streamed = computeUpdate({ ...request, balancer: failing, keepBytes: 0 });
  await rejects(streamed, /solver stopped/);
  strictEqual(tf.memory().numTensors, before);
  await rejects(
    computeUpdate({ ...request, balancer: mgda(), shared: [] }),
    /balances the gradients of shared variables, but this model has none/,
  );
  await rejects(computeUpdate({ ...request, balancer: mgda(), present: [] }), /No task is present/);
  const refusing = {
    ...equalWeights(),
    observe: () => {
      throw new Error("cannot take this loss");
    },
  };
  await rejects(computeUpdate({ ...request, balancer: refusing }), /cannot take this loss/);
  await rejects(
    computeUpdate({ ...request, balancer: refusing, measure: true }),
    /cannot take this loss/,
  );
  strictEqual(tf.memory().numTensors, before);
  dispose();
});
