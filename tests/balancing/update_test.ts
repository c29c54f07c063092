import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Balancer, GradientSource } from "../../lib/balancing/balancer.ts";
import {
  asJacobianMethod,
  computeUpdate,
  crMogm,
  equalWeights,
  fixedWeights,
  gradnorm,
  meanGradient,
  mgda,
  modo,
  randomGradientWeights,
  sdmgrad,
  sumGradient,
  trimmedMean,
  uncertaintyWeights,
} from "../../lib/balancing/mod.ts";
import { gramianOf } from "../../lib/math/matrix.ts";
import { minimizeOnSimplex } from "../../lib/math/simplex_quadratic.ts";

await tf.setBackend("cpu");

function variable(shape: number[], seed: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 1, "float32", seed)));
}

/** Three regressions on one hidden layer. */
function problem() {
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

async function update(
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

function assertClose(found: readonly number[], expected: readonly number[], tolerance = 1e-5) {
  strictEqual(found.length, expected.length);
  found.forEach((value, i) =>
    ok(Math.abs(value - expected[i]) <= tolerance, `entry ${i}: ${value} and ${expected[i]}`)
  );
}

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
